/** How one host ended in one run. */
export type Outcome =
  | 'in-sync'
  | 'drifted'
  | 'changed'
  | 'skipped'
  | 'declined'
  | 'stale'
  | 'reverted'
  | 'failed'
  | 'unreachable'
  | 'guard-unknown';
