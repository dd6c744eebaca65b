import { CONNECTION_VARIABLES, type ConnectionField } from './connection-variables.js';
import type { ConnectionSettings, Json } from './host.js';
import { PLATFORMS, type PlatformName } from './platforms.js';

/** A variable of one host: its value, and how to say that it is wrong (makes the error with the place). */
export interface Variable {
  readonly name: string;
  readonly value: Json;
  readonly wrong: (code: 'inventory/wrong-type' | 'inventory/unsupported', detail: string) => Error;
}

/**
 * How to reach a host, from its variables. `find` gives one by name, or null; one that is set to nothing counts as not set.
 * Throws what `wrong` makes.
 */
export function readConnection(host: string, find: (name: string) => Variable | null): ConnectionSettings {
  const read = <T>(field: ConnectionField, reader: (variable: Variable) => T, otherwise: T): T => {
    const variable = lastSet(field, find);
    return variable === null ? otherwise : reader(variable);
  };
  const transport = read('connection', readTransport, 'ssh');
  return {
    transport,
    image: transport === 'local' ? readImage(read) : null,
    address: read('address', readAddress, host),
    port: read('port', readPort, 22),
    user: read('user', readName, null),
    privateKeyFiles: read('privateKeyFile', readTexts, []),
    password: read('password', readSecret, null),
    become: read('become', readBoolean, false),
    becomeMethod: read('becomeMethod', readMethod, 'sudo'),
    becomeUser: read('becomeUser', readName, 'root') ?? 'root',
    becomePassword: read('becomePassword', readSecret, null),
    hostKeys: read('hostKey', readHostKeys, []),
    legacy: read('legacy', readBoolean, false),
    connectTimeoutMs: read('connectTimeout', readSeconds, 10) * 1000,
  };
}

function lastSet(field: ConnectionField, find: (name: string) => Variable | null): Variable | null {
  let last: Variable | null = null;
  for (const name of CONNECTION_VARIABLES[field]) {
    const variable = find(name);
    if (variable && variable.value !== null) last = variable;
  }
  return last;
}

/** `root` and `platform` are names that an inventory may use for anything else: they count with a local connection only. */
function readImage(
  read: <T>(field: ConnectionField, reader: (variable: Variable) => T, otherwise: T) => T,
): ConnectionSettings['image'] {
  const root = read('root', readRoot, null);
  return root === null ? null : { root, platform: read('platform', readPlatform, null) };
}

function readRoot({ name, value, wrong }: Variable): string {
  const isPath = typeof value === 'string' && /^\/[^\n\0]{1,1000}$/.test(value) && !value.split('/').includes('..');
  if (isPath && value.replaceAll('/', '') !== '') return value;
  throw wrong(
    'inventory/wrong-type',
    `${name} must be the absolute path of a mounted tree, and not the running system.`,
  );
}

function readPlatform({ name, value, wrong }: Variable): PlatformName {
  const platform = PLATFORMS.find((one) => one === value);
  if (platform !== undefined) return platform;
  throw wrong('inventory/wrong-type', `${name} must be one of ${PLATFORMS.join(', ')}.`);
}

function readTransport({ value, wrong }: Variable): 'ssh' | 'local' {
  if (value === 'ssh' || value === 'smart') return 'ssh';
  if (value === 'local') return 'local';
  throw wrong(
    'inventory/unsupported',
    `tsync reaches hosts by ssh or local; ansible_connection is '${String(value)}'.`,
  );
}

function readMethod({ value, wrong }: Variable): 'sudo' {
  if (value === 'sudo') return 'sudo';
  throw wrong('inventory/unsupported', `tsync becomes root by sudo only; ansible_become_method is '${String(value)}'.`);
}

function readAddress({ name, value, wrong }: Variable): string {
  if (typeof value === 'string' && ADDRESS.test(value)) return value;
  throw wrong('inventory/wrong-type', `${name} must be a host name or address, without user, port or brackets.`);
}

function readPort({ name, value, wrong }: Variable): number {
  const port = typeof value === 'string' && /^[0-9]{1,5}$/.test(value) ? Number(value) : value;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw wrong('inventory/wrong-type', `${name} must be a whole number from 1 to 65535.`);
}

function readSeconds({ name, value, wrong }: Variable): number {
  const seconds = typeof value === 'string' && /^[0-9]{1,5}$/.test(value) ? Number(value) : value;
  if (typeof seconds === 'number' && seconds > 0 && seconds <= 3600) return seconds;
  throw wrong('inventory/wrong-type', `${name} must be seconds, more than 0 and at most 3600.`);
}

function readName({ name, value, wrong }: Variable): string {
  if (typeof value === 'string' && USER.test(value)) return value;
  throw wrong(
    'inventory/wrong-type',
    `${name} must be a user name${typeof value === 'string' ? '' : ', as text (in quotes)'}.`,
  );
}

/** YAML would read 0123 as 83 and `no` as false: another password than the one that was written. */
function readSecret({ name, value, wrong }: Variable): string {
  if (typeof value === 'string') return value;
  throw wrong('inventory/wrong-type', `${name} must be text; put the value in quotes.`);
}

function readTexts({ name, value, wrong }: Variable): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'string' && item !== '')) return list as readonly string[];
  throw wrong('inventory/wrong-type', `${name} must be text, or a list of texts.`);
}

function readHostKeys(variable: Variable): readonly string[] {
  const keys = readTexts(variable);
  const bad = keys.find((key) => !HOST_KEY.test(key));
  if (bad === undefined) return keys;
  throw variable.wrong(
    'inventory/wrong-type',
    `host_key must be 'TYPE BASE64', as in known_hosts without the name, or 'SHA256:...'; this is '${bad.slice(0, 60)}'.`,
  );
}

/** As Ansible's `boolean` filter. */
function readBoolean({ name, value, wrong }: Variable): boolean {
  const text = String(value).toLowerCase();
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw wrong('inventory/wrong-type', `${name} must be true or false.`);
}

const TRUE: ReadonlySet<string> = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const FALSE: ReadonlySet<string> = new Set(['n', 'no', 'off', '0', 'false', 'f']);
const ADDRESS = /^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]{0,254}$/u;
const USER = /^[^\s\x00-\x1f\x7f:/-][^\s\x00-\x1f\x7f:/]{0,254}$/;
const HOST_KEY = /^(?:SHA256:[A-Za-z0-9+/]{43}=?|[a-z0-9@.-]{1,64} AAAA[A-Za-z0-9+/]{16,16384}={0,2}(?: .*)?)$/;
