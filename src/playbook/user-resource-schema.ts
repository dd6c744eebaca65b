import * as z from 'zod';
import {
  MODE_WORDS,
  MOST_BYTES,
  modeOf,
  OWNER,
  ownedUnit,
  unitOf,
  VALUE,
  wrongParameter,
  wrongPath,
  wrongUnit,
} from './user-resource-words.js';

/** Importing this file loads zod. */

const STATES = ['absent', 'running', 'stopped'] as const;
const OWNER_WORDS = 'must be the name of a user or group';

/** Which keys go with which kind, beside the one that names it. */
const KINDS = {
  file: ['content', 'src', 'mode', 'owner', 'group', 'state', 'restart'],
  service: ['state', 'enabled', 'masked'],
  module_parameter: ['value'],
} as const;

const shape = z.strictObject({
  file: z.string().optional().describe('A file by its absolute path'),
  service: z.string().optional().describe('A service of systemd'),
  module_parameter: z.string().optional().describe('module.parameter: set now where the module is loaded, and at boot'),
  content: z.string().optional().describe('What is in the file'),
  src: z.string().optional().describe('A file beside this one whose bytes are taken'),
  mode: z
    .union([z.string(), z.int()], { error: MODE_WORDS })
    .refine((value) => modeOf(value) !== null, MODE_WORDS)
    .optional()
    .describe("Mode of the file, in quotes: '0644'"),
  owner: z.string().regex(OWNER, OWNER_WORDS).optional(),
  group: z.string().regex(OWNER, OWNER_WORDS).optional(),
  state: z.enum(STATES).optional().describe('absent for a file; running or stopped for a service'),
  restart: z.string().optional().describe('The service that is restarted when the file changes, if it runs'),
  enabled: z.boolean().optional().describe('Whether a boot starts the service'),
  masked: z.boolean().optional().describe('Whether nothing may start the service'),
  value: z
    .union([z.string().regex(VALUE, 'must be a word'), z.int(), z.boolean()], { error: 'must be a word or a number' })
    .optional()
    .describe('Value of the module parameter'),
});

type Written = z.infer<typeof shape>;
type Kind = keyof typeof KINDS;
type Issue = readonly [key: string | null, message: string];

const resource = shape.superRefine((value, context) => {
  const issue = mistakeIn(value);
  if (issue === null) return;
  const [key, message] = issue;
  context.addIssue({ code: 'custom', message, path: key === null ? [] : [key] });
});

function mistakeIn(value: Written): Issue | null {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => value[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return [null, 'must name one of file, service and module_parameter'];
  const allowed: readonly string[] = KINDS[kind];
  const foreign = Object.keys(value).find((key) => key !== kind && !allowed.includes(key));
  if (foreign !== undefined) return [foreign, `must not stand beside ${kind}`];
  switch (kind) {
    case 'file':
      return fileMistake(value);
    case 'service':
      return serviceMistake(value);
    case 'module_parameter':
      return parameterMistake(value);
  }
}

function fileMistake({ file = '', content, src, state, mode, owner, group, restart }: Written): Issue | null {
  const path = wrongPath(file);
  if (path !== null) return ['file', path];
  if (state !== undefined && state !== 'absent') return ['state', 'must be absent for a file, or left out'];
  const given = [content, src, state].filter((one) => one !== undefined).length;
  if (given !== 1) return [null, 'must have one of content, src and state: absent'];
  if (state === 'absent' && [mode, owner, group].some((one) => one !== undefined))
    return ['state', 'must not stand beside mode, owner or group'];
  if (content?.includes('\0')) return ['content', 'must be text without NUL'];
  if (content !== undefined && new TextEncoder().encode(content).length > MOST_BYTES)
    return ['content', 'must be at most 64 KiB'];
  const unit = restart === undefined ? null : wrongUnit(restart);
  return unit === null ? null : ['restart', unit];
}

function serviceMistake({ service = '', state, enabled, masked }: Written): Issue | null {
  const unit = wrongUnit(service) ?? ownedUnit(service);
  if (unit !== null) return ['service', unit];
  if (state === 'absent') return ['state', 'must be running or stopped for a service'];
  if (state === undefined && enabled === undefined && masked === undefined)
    return [null, 'must have one of state, enabled and masked'];
  if (masked === true && (enabled === true || state === 'running'))
    return ['masked', 'must not be true where the service is to be enabled or running'];
  return null;
}

function parameterMistake({ module_parameter = '', value }: Written): Issue | null {
  const name = wrongParameter(module_parameter);
  if (name !== null) return ['module_parameter', name];
  return value === undefined ? [null, 'must have a value'] : null;
}

/** The setting `resources`: one entry for each thing, none twice. */
export const userResourcesSchema = z
  .array(resource)
  .max(100)
  .superRefine((list, context) => {
    const seen = new Map<string, number>();
    list.forEach((value, index) => {
      const [key, name] = identity(value);
      const first = seen.get(`${key} ${name}`);
      if (first === undefined) seen.set(`${key} ${name}`, index);
      else
        context.addIssue({
          code: 'custom',
          path: [index, key],
          message: `must not be named twice; ${first + 1} has it`,
        });
    });
  });

function identity({ file, service, module_parameter }: Written): readonly [string, string] {
  if (file !== undefined) return ['file', file];
  if (service !== undefined) return ['service', unitOf(service)];
  return ['module_parameter', module_parameter ?? ''];
}
