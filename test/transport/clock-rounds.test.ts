import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockRounds } from '#transport/clock-rounds.js';

const asking = { burst: 3, bursts: 4, goodEnoughSeconds: 0.01 };

/** A host at the end of a line: it listens after `startMs`, and needs `workMs` for an answer, one after the other. */
function ask(line: { turnaroundMs: number; startMs: number; workMs: number; deaf?: boolean }) {
  const packets: string[] = [];
  let freeAt = 0;
  let goneAtMs = 0;
  vi.setSystemTime(0);
  const rounds: ClockRounds = new ClockRounds(asking, {
    monotonicMs: () => Date.now(),
    nowSeconds: () => Date.now() / 1000,
    idleMs: () => Date.now(),
    firstSequence: 0,
    turnaroundMs: line.turnaroundMs,
    send: (packet) => {
      packets.push(packet);
      const now = Date.now();
      if (packet.includes('go\n')) goneAtMs = now;
      for (const text of packet.split('\n')) {
        if (line.deaf || !text.startsWith('t ')) continue;
        freeAt = Math.max(now + line.turnaroundMs / 2, freeAt) + line.workMs;
        const readAt = freeAt;
        setTimeout(() => rounds.onTime(Number(text.slice(2)), readAt / 1000), readAt + line.turnaroundMs / 2 - now);
      }
    },
  });
  setTimeout(() => rounds.onClock(1e-9), line.turnaroundMs + line.startMs);
  vi.advanceTimersByTime(20_000);
  const best = Math.min(...rounds.exchanges.map((exchange) => exchange.roundTripSeconds * 1000));
  return { packets, goneAtMs, best, exchanges: rounds.exchanges.length };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('ClockRounds', () => {
  it('needs one burst and the word to go on where the host is near', () => {
    const { packets, best } = ask({ turnaroundMs: 2, startMs: 20, workMs: 2 });
    expect(packets).toEqual(['t 1\nt 2\nt 3\n', 'go\n']);
    expect(best).toBe(4);
  });

  it('spends one turnaround on a far host, and measures no worse for it', () => {
    const { packets, goneAtMs, best, exchanges } = ask({ turnaroundMs: 300, startMs: 20, workMs: 2 });
    expect(packets).toEqual(['t 1\nt 2\nt 3\ngo\n']);
    expect(goneAtMs).toBe(320);
    expect(best).toBe(302);
    expect(exchanges).toBe(3);
  });

  it('asks again while a slow host has given no good answer, and ends', () => {
    const { packets, exchanges } = ask({ turnaroundMs: 2, startMs: 10, workMs: 80 });
    expect(packets).toHaveLength(5);
    expect(packets.at(-1)).toBe('go\n');
    expect(exchanges).toBe(12);
  });

  it('ends with a host that listens and never answers', () => {
    const { packets, exchanges } = ask({ turnaroundMs: 2, startMs: 10, workMs: 1, deaf: true });
    expect(packets).toEqual(['t 1\nt 2\nt 3\n', 'go\n']);
    expect(exchanges).toBe(0);
  });

  it('counts an answer once, and none that it did not ask for', () => {
    const sent: string[] = [];
    const rounds = new ClockRounds(asking, {
      send: (packet) => sent.push(packet),
      monotonicMs: () => 5,
      nowSeconds: () => 1,
      idleMs: () => 0,
      firstSequence: 7,
      turnaroundMs: 1,
    });
    rounds.onClock(1);
    for (const sequence of [8, 8, 7, 99]) rounds.onTime(sequence, 1);
    rounds.stop();
    expect(sent).toEqual(['t 8\nt 9\nt 10\n']);
    expect(rounds.exchanges).toHaveLength(1);
  });
});

describe('answers of a round', () => {
  /** Asked at 0, seen after so many milliseconds, of which we had nothing to do for `idleMs`. */
  function doubted(waitedMs: number, idleMs: number) {
    let now = 0;
    const rounds = new ClockRounds(asking, {
      send: () => {},
      monotonicMs: () => now,
      nowSeconds: () => now / 1000,
      idleMs: () => (now === 0 ? 0 : idleMs),
      firstSequence: 0,
      turnaroundMs: 1,
    });
    rounds.onClock(1e-9);
    now = waitedMs;
    rounds.onTime(1, 0.001);
    rounds.stop();
    return rounds.isDoubtful;
  }

  it('that came late while we were busy had waited for us', () => {
    expect(doubted(80, 10)).toBe(true);
  });

  it('that came late while we waited took their time on the way', () => {
    expect(doubted(80, 75)).toBe(false);
  });

  it('that are good enough are not doubted', () => {
    expect(doubted(4, 0)).toBe(false);
  });

  it('that never came are doubted', () => {
    const silent = { send: () => {}, monotonicMs: () => 0, nowSeconds: () => 0, idleMs: () => 0 };
    const rounds = new ClockRounds(asking, { ...silent, firstSequence: 0, turnaroundMs: 1 });
    rounds.onClock(1e-9);
    rounds.stop();
    expect(rounds.isDoubtful).toBe(true);
  });
});
