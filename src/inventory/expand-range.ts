/** Names that one host key may stand for. */
export const MAX_HOSTS = 100_000;

export type Expansion =
  | { readonly names: readonly string[] }
  /** `offset` is counted from the start of the key. */
  | { readonly wrong: string; readonly offset: number };

/**
 * The names that a host key with Ansible's ranges stands for: `web[01:20]` (leading zeros kept), `db-[a:f]`, `n[0:10:2]`, and
 * several in one name. Both ends are included. Never gives more than `MAX_HOSTS` names.
 */
export function expandRange(pattern: string): Expansion {
  let names: readonly string[] = [''];
  let from = 0;
  for (let open = pattern.indexOf('['); open !== -1; open = pattern.indexOf('[', from)) {
    const close = pattern.indexOf(']', open);
    if (close === -1) return { wrong: `The range that begins with '[' has no ']'.`, offset: open };
    const values = rangeValues(pattern.slice(open + 1, close));
    if (typeof values === 'string') return { wrong: values, offset: open };
    if (names.length * values.length > MAX_HOSTS) {
      return { wrong: `'${pattern}' stands for more than ${MAX_HOSTS} hosts.`, offset: open };
    }
    const literal = pattern.slice(from, open);
    names = names.flatMap((name) => values.map((value) => name + literal + value));
    from = close + 1;
  }
  const rest = pattern.slice(from);
  if (rest.includes(']')) return { wrong: `There is a ']' without '['.`, offset: from + rest.indexOf(']') };
  return { names: rest === '' ? names : names.map((name) => name + rest) };
}

/** The values of `01:20`, `a:f` or `0:10:2`, or what is wrong with it. */
function rangeValues(inside: string): readonly string[] | string {
  const match = /^([0-9]*|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?$/.exec(inside);
  if (!match) return `'[${inside}]' is not a range.`;
  const [first, last, step] = [match[1] || '0', match[2]!, Number(match[3] ?? '1')];
  if (step === 0) return `The step of '[${inside}]' is 0.`;
  if (isDigits(first) !== isDigits(last)) return `'[${inside}]' goes from a number to a letter.`;
  return isDigits(first) ? numbers(first, last, step, inside) : letters(first, last, step, inside);
}

function numbers(first: string, last: string, step: number, inside: string): readonly string[] | string {
  const padded = first.length > 1 && first.startsWith('0');
  if (padded && first.length !== last.length)
    return `The ends of '[${inside}]' have leading zeros but not the same length.`;
  const count = Math.floor((Number(last) - Number(first)) / step) + 1;
  if (count < 1) return `'[${inside}]' ends before it begins.`;
  if (!(count <= MAX_HOSTS)) return `'[${inside}]' stands for more than ${MAX_HOSTS} hosts.`;
  const width = padded ? first.length : 0;
  return Array.from({ length: count }, (_, index) => String(Number(first) + index * step).padStart(width, '0'));
}

function letters(first: string, last: string, step: number, inside: string): readonly string[] | string {
  const from = LETTERS.indexOf(first);
  const to = LETTERS.indexOf(last);
  if (to < from) return `'[${inside}]' ends before it begins.`;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => LETTERS[from + index * step]!);
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** Small letters come first, as in Ansible: `[a:C]` is a valid range. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
