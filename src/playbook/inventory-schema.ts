import * as z from 'zod';
import { CONNECTION_VARIABLES } from '#inventory/connection-variables.js';
import { jsonSchemaOf } from './json-schema.js';
import { settingsSchema } from './playbook-schema.js';

/** Importing this file loads zod: import it only to print the schema. The reader of inventories (#inventory) says what is valid. */

const flag = z.union([z.boolean(), z.enum(['yes', 'no', 'true', 'false', 'on', 'off'])]);
const seconds = z.union([z.number().positive().max(3600), z.string().regex(/^[0-9]{1,5}$/)]);
const texts = z.union([z.string().min(1), z.array(z.string().min(1))]);
const template = z.string().regex(/\{\{.*\}\}/);

/** What each variable takes that tsync reads; any other variable may be anything. */
const CONNECTION: { readonly [F in keyof typeof CONNECTION_VARIABLES]: z.ZodType } = {
  address: z.string().describe('Name or address to connect to; the name of the host unless given'),
  port: z.union([z.int().min(1).max(65535), z.string().regex(/^[0-9]{1,5}$/), template]).describe('Port of SSH; 22'),
  user: z.string().describe('User to log in as; your own unless given'),
  privateKeyFile: texts.describe('Keys to log in with, in this order'),
  password: z.string().describe('Password to log in with, in quotes'),
  connection: z.union([z.enum(['ssh', 'smart', 'local']), template]).describe('How the host is reached'),
  become: z.union([flag, template]).describe('Become root: changes need it, an audit does not'),
  becomeMethod: z.union([z.literal('sudo'), template]),
  becomeUser: z.string().describe('User to become; root'),
  becomePassword: z.string().describe('Password for sudo, in quotes'),
  connectTimeout: z.union([seconds, template]).describe('Seconds to connect within; 10'),
  hostKey: texts.describe('Keys of the host: TYPE BASE64 as in known_hosts, or SHA256:...'),
  root: z.json().describe('With ansible_connection local: a mounted image instead of the running system'),
  platform: z.json().describe('With root: azure, hyperv, aws, gcp, kvm, vmware or none'),
  legacy: z.union([flag, template]).describe('An SSH server that knows only SHA-1'),
};

const variables = z
  .object({
    ...Object.fromEntries(
      Object.entries(CONNECTION_VARIABLES).flatMap(([field, names]) =>
        names.map((name) => [name, CONNECTION[field as keyof typeof CONNECTION].nullable().optional()] as const),
      ),
    ),
    tsync: settingsSchema.optional().describe('Settings; see docs/user/playbook.md'),
  })
  .catchall(z.json());

const hosts = z.union([
  z.record(z.string(), variables.nullable()).describe('Hosts by name or range: web[01:20], db-[a:c]'),
  z.string().describe('The name of one host'),
  z.null(),
]);

const group: z.ZodType = z
  .strictObject({
    hosts: hosts.optional(),
    vars: variables.nullable().optional().describe('Variables of every host of the group'),
    get children() {
      return z.union([z.record(z.string(), group.nullable()), z.string(), z.null()]).optional();
    },
  })
  .describe('A group: hosts, children, vars')
  .meta({ id: 'group' });

const inventorySchema = z.record(z.string(), group.nullable()).describe('Groups by name; all holds every host');

/** The JSON Schema of an inventory, for editors. */
export function inventoryJsonSchema(): object {
  return { ...jsonSchemaOf(inventorySchema), title: 'inventory of tsync' };
}
