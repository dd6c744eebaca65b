import type * as z from 'zod';
import { suggestion } from '#errors/did-you-mean.js';
import type { ProblemCode } from '#errors/problem.js';

/** What is wrong with a value, and where below it. */
export interface Mistake {
  readonly code: ProblemCode;
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/**
 * What a schema has against a value, as a sentence that names the setting: a key that is not known before all else, for what is
 * missing is then mostly misspelled. Parse with `reportInput: true`.
 */
export function mistakeOf(schema: z.ZodType, error: z.ZodError): Mistake {
  const issues = error.issues.map(deepest);
  const issue = issues.find(isUnknownKey) ?? issues[0]!;
  const { path } = issue;
  if (isUnknownKey(issue)) {
    const key = issue.keys[0] ?? '';
    const detail = `'${dotted([...path, key])}' is not a setting.${suggestion(key, keysAt(schema, path))}`;
    return { code: 'playbook/unknown-key', path: [...path, key], detail };
  }
  const name = dotted(path);
  const detail = `${name === '' ? whole(path) : `'${name}'`} ${phrase(issue)}.${meant(issue)}`;
  return { code: name === '' ? 'playbook/shape' : 'playbook/invalid-value', path, detail };
}

function isUnknownKey(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys';
}

/** Of the alternatives of a union: what the one that got furthest has against it. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().map((one) => deepest({ ...one, path: [...issue.path, ...one.path] }));
  return inner.find(isUnknownKey) ?? inner.find(({ path }) => path.length > issue.path.length) ?? issue;
}

function phrase(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') return size(issue);
  if (issue.code !== 'invalid_type') return `is not valid: ${issue.message}`;
  return issue.input === undefined ? 'is missing' : `must be ${TYPES[issue.expected] ?? issue.expected}`;
}

/** Numbers by their value, lists by their entries, text by its characters. */
function size(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isSmall = issue.code === 'too_small';
  const bound = Number(isSmall ? issue.minimum : issue.maximum);
  if (isSmall && bound === 1 && issue.origin !== 'number' && issue.origin !== 'int') return 'must not be empty';
  const limit = `${isSmall ? 'at least' : 'at most'} ${bound}`;
  if (issue.origin === 'array') return `must have ${limit} entries`;
  return issue.origin === 'string' ? `must have ${limit} characters` : `must be ${limit}`;
}

function meant(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return '';
  return suggestion(
    issue.input,
    issue.values.filter((value) => typeof value === 'string'),
  );
}

const TYPES: { readonly [type: string]: string } = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** `rollout.serial.0`: without the number of the play, empty where nothing is left. */
function dotted(path: readonly PropertyKey[]): string {
  const inPlaybook = path[0] === 'plays' ? path.slice(1) : path;
  return inPlaybook
    .slice(typeof inPlaybook[0] === 'number' ? 1 : 0)
    .map(String)
    .join('.');
}

function whole(path: readonly PropertyKey[]): string {
  const index = path.at(-1);
  return typeof index === 'number' ? `Play ${index + 1}` : 'The playbook';
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: readonly z.core.$ZodType[] = [schema];
  for (const step of path) at = at.flatMap(unwrap).flatMap((inner) => below(inner, step));
  return at.flatMap(unwrap).flatMap((inner) => Object.keys(shapeOf(inner)));
}

function below(schema: z.core.$ZodType, step: PropertyKey): readonly z.core.$ZodType[] {
  const def = schema._zod.def as { readonly type: string; readonly element?: z.core.$ZodType };
  if (def.type === 'array' && def.element) return [def.element];
  const inner = shapeOf(schema)[String(step)];
  return inner ? [inner] : [];
}

function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const def = schema._zod.def as {
    readonly type: string;
    readonly innerType?: z.core.$ZodType;
    readonly options?: readonly z.core.$ZodType[];
  };
  if (def.type === 'optional' && def.innerType) return unwrap(def.innerType);
  if (def.type === 'union') return (def.options ?? []).flatMap(unwrap);
  return [schema];
}

function shapeOf(schema: z.core.$ZodType): { readonly [key: string]: z.core.$ZodType } {
  return (schema._zod.def as { readonly shape?: { readonly [key: string]: z.core.$ZodType } }).shape ?? {};
}
