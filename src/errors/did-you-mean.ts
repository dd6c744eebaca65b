/**
 * The known word that was probably meant, or null: at most 2 edits (or 1 for words under 5 letters) away. An edit is a letter
 * more, less or other, or two neighbours swapped (optimal string alignment distance).
 */
export function didYouMean(word: string, known: Iterable<string>): string | null {
  const limit = word.length < 5 ? 1 : 2;
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const found = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
  }
  return best;
}

/** ` Did you mean 'hosts'?`, or nothing: to be put behind a sentence. */
export function suggestion(word: string, known: Iterable<string>): string {
  const meant = didYouMean(word, known);
  return meant === null ? '' : ` Did you mean '${meant}'?`;
}

function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, previous[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length]!;
}
