import { setImmediate } from 'node:timers/promises';

/** Resolves when it is one's turn to compute. */
export type Turn = () => Promise<void>;

/**
 * Turns for what computes on a host's data: one a round of the event loop, in the order in which they were asked for. However many
 * hosts answer at once, signals, timers and the other hosts wait for no more than one of them.
 */
export function takeTurns(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = last.then(() => setImmediate());
    last = mine;
    return mine.then(() => {});
  };
}
