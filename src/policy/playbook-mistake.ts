import type * as z from 'zod';
import { suggestion } from '#errors/did-you-mean.js';
import type { ProblemCode } from '#errors/problem.js';

/** What is wrong with a value, and where below it. */
export interface Mistake {
  readonly code: ProblemCode;
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** The first thing that a schema has against a value, as a sentence that names the setting. */
export function mistakeOf(schema: z.ZodType, error: z.ZodError): Mistake {
  const issue = deepest(error.issues[0]!);
  const path = issue.path;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return {
      code: 'playbook/unknown-key',
      path: [...path, key],
      detail: `'${dotted([...path, key])}' is not a setting.${suggestion(key, keysAt(schema, path))}`,
    };
  }
  return {
    code: path.length === 0 ? 'playbook/shape' : 'playbook/invalid-value',
    path,
    detail: `'${dotted(path)}' ${phrase(issue)}.`,
  };
}

/** Of the alternatives of a union: what the one that fits best has against it. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const candidates = issue.errors
    .flatMap((issues) => issues.slice(0, 1))
    .map((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue));
  const further = candidates.filter(
    (inner) => inner.path.length > issue.path.length || inner.code === 'unrecognized_keys',
  );
  const format = candidates.find((inner) => inner.code === 'invalid_format');
  return further[0] ?? (issue.message === 'Invalid input' ? format : undefined) ?? issue;
}

function phrase(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(', ')}`;
    default:
      return `is not valid: ${issue.message}`;
  }
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

/** `rollout.serial.0`, without the number of the play; the play or the whole where nothing is left. */
function dotted(path: readonly PropertyKey[]): string {
  const inPlaybook = path[0] === 'plays' ? path.slice(1) : path;
  const inPlay = typeof inPlaybook[0] === 'number' ? inPlaybook.slice(1) : inPlaybook;
  if (inPlay.length > 0) return inPlay.map(String).join('.');
  return inPlaybook.length > 0 ? `play ${Number(inPlaybook[0]) + 1}` : 'the whole';
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
