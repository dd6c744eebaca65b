/**
 * Tells whether glob(7) gives this path for a pattern: `*` and `?` stand for no slash, and not for a dot at the beginning of a name.
 * Takes no more steps than the product of both lengths, whatever a host sends.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const [names, patterns] = [path.split('/'), pattern.split('/')];
  return names.length === patterns.length && names.every((name, index) => matchesName(name, patterns[index] ?? ''));
}

/** On a mismatch the last star takes one character more: no earlier one can do better. */
function matchesName(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let [at, wanted, star, taken] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[wanted] === '*') {
      star = wanted;
      taken = at;
      wanted += 1;
    } else if (pattern[wanted] === '?' || pattern[wanted] === name[at]) {
      at += 1;
      wanted += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      wanted = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(wanted));
}
