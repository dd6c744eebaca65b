/** What is kept of the things that pile up: the newest `keep`, and whatever is not older than `olderThanSeconds`. */
export interface Retention {
  readonly keep: number;
  /** null: age does not matter. */
  readonly olderThanSeconds: number | null;
}

/**
 * Which of `items` (newest first) may go: those beyond the newest `keep` that are also older than the limit. An item whose
 * time cannot be read is of unknown age, and stays where an age is asked for. `now` is Unix time in seconds.
 */
export function expired<T extends { readonly startedAt: string }>(
  items: readonly T[],
  { keep, olderThanSeconds }: Retention,
  now: number,
): readonly T[] {
  return items.slice(keep).filter(({ startedAt }) => {
    if (olderThanSeconds === null) return true;
    const at = Date.parse(startedAt);
    return !Number.isNaN(at) && now - at / 1000 > olderThanSeconds;
  });
}
