/** One part of a pattern: what it names, and how it joins what stands before it. */
export interface PatternTerm {
  readonly join: 'add' | 'and' | 'not';
  readonly text: string;
  readonly matcher:
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'glob' | 'regex'; readonly expression: RegExp };
  /** `[0]`, `[0:2]`, `[3:]`, `[-1]`: both ends included; null end = to the last. */
  readonly subscript: { readonly first: number; readonly last: number | null } | null;
}

/** Terms in the order in which they are applied: those that add, then `&`, then `!`. */
export type HostPattern = readonly PatternTerm[];

const MAX_LENGTH = 4096;
const MAX_REGEX = 256;

/** Reads a host pattern of Ansible: `web*:&prod:!db1`, `a,b[1],c[2:3]`, `~web[0-9]+`. What is wrong is given as a sentence. */
export function parseHostPattern(text: string): { readonly pattern: HostPattern } | { readonly wrong: string } {
  if (text.length > MAX_LENGTH) return { wrong: `The pattern is longer than ${MAX_LENGTH} characters.` };
  const terms = splitPattern(text).map(parseTerm);
  const wrong = terms.find((term) => typeof term === 'string');
  if (typeof wrong === 'string') return { wrong };
  if (terms.length === 0) return { wrong: 'The pattern names nothing.' };
  const given = terms.filter((term) => typeof term !== 'string');
  const adding = given.filter(({ join }) => join === 'add');
  const order = (join: PatternTerm['join']) => given.filter((term) => term.join === join);
  return { pattern: [...(adding.length === 0 ? [ALL] : adding), ...order('and'), ...order('not')] };
}

const ALL: PatternTerm = { join: 'add', text: 'all', matcher: { kind: 'name', name: 'all' }, subscript: null };

/** At commas where there are some, else at colons outside of brackets; an address with two colons or more stays whole. */
function splitPattern(text: string): readonly string[] {
  const parts = text.includes(',')
    ? text.split(',')
    : isAddress(text) || text.trim().startsWith('~')
      ? [text]
      : splitAtColons(text);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function splitAtColons(text: string): readonly string[] {
  return text.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
}

function isAddress(text: string): boolean {
  return /^[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$|^::/.test(text.trim());
}

function parseTerm(part: string): PatternTerm | string {
  const join = part.startsWith('!') ? 'not' : part.startsWith('&') ? 'and' : 'add';
  const text = join === 'add' ? part : part.slice(1);
  if (text === '') return `'${part}' names nothing.`;
  if (text.startsWith('~')) return regexTerm(join, text);
  const { name, subscript } = splitSubscript(text);
  if (!/[*?[\]]/.test(name)) return { join, text, matcher: { kind: 'name', name }, subscript };
  const expression = globExpression(name);
  return expression === null
    ? `'${text}' is not a valid pattern.`
    : { join, text, matcher: { kind: 'glob', expression }, subscript };
}

function splitSubscript(text: string): { readonly name: string; readonly subscript: PatternTerm['subscript'] } {
  const match = /^(.+)\[(?:(-?[0-9]{1,6})|([0-9]{1,6}):([0-9]{0,6}))\]$/.exec(text);
  if (!match) return { name: text, subscript: null };
  const [, name, single, first, last] = match;
  if (single !== undefined) return { name: name!, subscript: { first: Number(single), last: Number(single) } };
  return { name: name!, subscript: { first: Number(first), last: last === '' ? null : Number(last) } };
}

/** Anchored at the beginning of the name only, as Python's `re.match`. Repetition inside repetition could run for ever. */
function regexTerm(join: PatternTerm['join'], text: string): PatternTerm | string {
  const source = text.slice(1);
  if (source.length > MAX_REGEX) return `The regular expression is longer than ${MAX_REGEX} characters.`;
  if (/[*+}][^()]*\)[*+{?]|\\[1-9]|\(\?[<!=]/.test(source) || /\([^)]*\|[^)]*\)[*+{]/.test(source)) {
    return `The regular expression '${source}' repeats a repetition, looks around or refers back; write it more simply.`;
  }
  try {
    return { join, text, matcher: { kind: 'regex', expression: new RegExp(`^(?:${source})`) }, subscript: null };
  } catch {
    return `'${source}' is not a valid regular expression.`;
  }
}

/** `*`, `?`, `[abc]`, `[!abc]`; null for a wrong bracket. Runs of `*` are one, so that no name takes long. */
function globExpression(glob: string): RegExp | null {
  const source = glob.replace(/\*+|\?|\[!?\]?[^\]]*\]|[\\^$.|+(){}[\]/]/g, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.length > 2 && part.startsWith('[')) return bracket(part.slice(1, -1));
    return `\\${part}`;
  });
  if ((source.match(/\.\*/g)?.length ?? 0) > 8) return null;
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return null;
  }
}

function bracket(inside: string): string {
  const negated = inside.startsWith('!');
  return `[${negated ? '^' : ''}${inside.slice(negated ? 1 : 0).replace(/[\\^[\]]/g, '\\$&')}]`;
}
