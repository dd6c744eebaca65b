import { afterEach, expect, it, vi } from 'vitest';
import { type Interrupts, watchInterrupts } from '#cli/interrupts.js';

let watched: Interrupts | null = null;
afterEach(() => {
  watched?.stop();
  vi.restoreAllMocks();
});

/** What is said when these signals come, each with the milliseconds since the one before. */
function saidOf(signals: readonly (readonly [name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', afterMs: number])[]) {
  const said: string[] = [];
  let nowMs = 0;
  watched = watchInterrupts(
    (how) => said.push(how),
    () => nowMs,
  );
  for (const [name, afterMs] of signals) {
    nowMs += afterMs;
    process.emit(name);
  }
  return { said, isEnded: watched.endSignal.aborted };
}

it('the first Ctrl-C finishes, the second leaves, however soon it comes', () => {
  expect(saidOf([['SIGINT', 0]])).toEqual({ said: ['finish'], isEnded: false });
  watched?.stop();
  expect(
    saidOf([
      ['SIGINT', 0],
      ['SIGINT', 1],
    ]).said,
  ).toEqual(['finish', 'leave']);
});

it('a terminal that is closed finishes the hosts in flight, though its signal comes twice', () => {
  expect(
    saidOf([
      ['SIGHUP', 0],
      ['SIGHUP', 1],
    ]),
  ).toEqual({ said: ['finish'], isEnded: true });
  watched?.stop();
  expect(
    saidOf([
      ['SIGHUP', 0],
      ['SIGTERM', 900],
    ]).said,
  ).toEqual(['finish']);
});

it('SIGTERM leaves them when it is sent again later', () => {
  expect(
    saidOf([
      ['SIGTERM', 0],
      ['SIGTERM', 2],
      ['SIGTERM', 5000],
    ]).said,
  ).toEqual(['finish', 'leave']);
});
