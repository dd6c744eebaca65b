import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockRounds } from '#transport/clock-rounds.js';

const asking = { exchanges: 5, everyMs: 12, atMost: 40 };

/** A host at the end of a line: it listens after `startMs`, and needs `workMs` for an answer, one after the other. */
function ask(line: { turnaroundMs: number; startMs: number; workMs: number; deaf?: boolean }) {
  const lines: string[] = [];
  let now = 0;
  let freeAt = line.turnaroundMs / 2 + line.startMs;
  vi.setSystemTime(0);
  const rounds: ClockRounds = new ClockRounds(asking, {
    monotonicMs: () => Date.now(),
    nowSeconds: () => Date.now() / 1000,
    firstSequence: 0,
    turnaroundMs: line.turnaroundMs,
    send: (text) => {
      lines.push(text);
      now = Date.now();
      if (line.deaf || text === 'go') return;
      const readAt = Math.max(now + line.turnaroundMs / 2, freeAt) + line.workMs;
      freeAt = readAt;
      const sequence = Number(text.slice(2));
      setTimeout(() => rounds.onTime(sequence, readAt / 1000), readAt + line.turnaroundMs / 2 - now);
    },
  });
  setTimeout(() => rounds.onClock(1e-9), line.turnaroundMs + line.startMs);
  rounds.start();
  let goneAfterMs = 0;
  for (let i = 0; i < 5_000 && !rounds.over; i++) {
    vi.advanceTimersByTime(1);
    goneAfterMs = Date.now();
  }
  vi.advanceTimersByTime(5_000);
  const best = Math.min(...rounds.exchanges.map((exchange) => exchange.roundTripSeconds * 1000));
  return { lines, goneAfterMs, best, exchanges: rounds.exchanges.length };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('ClockRounds', () => {
  it('needs few requests where the host is near', () => {
    const { lines, best } = ask({ turnaroundMs: 2, startMs: 20, workMs: 2 });
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines.at(-1)).toBe('go');
    expect(best).toBe(4);
  });

  it('has its answers little more than one turnaround after the program was sent to a far host', () => {
    const { goneAfterMs, best } = ask({ turnaroundMs: 300, startMs: 20, workMs: 2 });
    expect(goneAfterMs).toBeLessThan(300 + 20 + 7 * 12);
    expect(best).toBe(302);
  });

  it('does not take answers that waited in the input of a slow host for good ones', () => {
    const { best } = ask({ turnaroundMs: 100, startMs: 1_000, workMs: 1 });
    expect(best).toBeLessThan(115);
  });

  it('ends with a host so slow that no answer is prompt', () => {
    const { lines, exchanges } = ask({ turnaroundMs: 2, startMs: 10, workMs: 80 });
    expect(lines.at(-1)).toBe('go');
    expect(lines.length).toBeLessThanOrEqual(41);
    expect(exchanges).toBeGreaterThanOrEqual(5);
  });

  it('ends with a host that listens and never answers', () => {
    const { lines, exchanges } = ask({ turnaroundMs: 2, startMs: 10, workMs: 1, deaf: true });
    expect(lines.filter((line) => line !== 'go')).toHaveLength(40);
    expect(lines.at(-1)).toBe('go');
    expect(exchanges).toBe(0);
  });
});
