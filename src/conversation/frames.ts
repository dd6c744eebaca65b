import type { Section } from '#snapshot/snapshot.js';

/** One frame of a conversation; the grammar is in docs/internals/host-programs.md. */
export type Frame =
  | { readonly type: 'ready'; readonly protocol: number }
  | { readonly type: 'section'; readonly section: Section }
  | { readonly type: 'clock'; readonly resolutionSeconds: number }
  /** `hostSeconds` keeps the precision of a double: about 0.2 microseconds today. */
  | { readonly type: 'time'; readonly sequence: number; readonly hostSeconds: number }
  | { readonly type: 'step'; readonly id: string; readonly state: string }
  /** The program waits for the next request. */
  | { readonly type: 'idle' }
  | { readonly type: 'done' };
