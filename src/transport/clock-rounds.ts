import type { ClockExchange } from '#snapshot/snapshot.js';

/** How the clock of a host is asked. */
export interface ClockAsking {
  /** Requests that travel together: a burst costs one turnaround. */
  readonly burst: number;
  /** Bursts at the most. */
  readonly bursts: number;
  /** Half of the smallest round trip that needs no further burst, in seconds. */
  readonly goodEnoughSeconds: number;
}

export interface ClockAskingDeps {
  /** Sends lines, all in one packet. */
  readonly send: (lines: string) => void;
  readonly monotonicMs: () => number;
  readonly nowSeconds: () => number;
  /** For how long this process has waited for events, in all. */
  readonly idleMs: () => number;
  /** The number of the last request so far: a late answer of an earlier round must not count for this one. */
  readonly firstSequence: number;
  /** Length of the line, measured roughly. */
  readonly turnaroundMs: number;
}

/** From here on one more turnaround costs more than one more burst could gain: `go` travels with the first. */
const LONG_LINE_MS = 20;

/** An answer that takes longer is not waited for. */
const STALLED_MS = 2_000;

/**
 * One round of clock exchanges, begun when the host says with the frame `clock` that it listens: a burst `t 1`, `t 2`, `t 3`, its
 * answers, another burst while the best of them is not good enough, then `go`. The first answer of a burst waited for nothing.
 */
export class ClockRounds {
  readonly exchanges: ClockExchange[] = [];
  resolutionSeconds: number | null = null;

  readonly #asking: ClockAsking;
  readonly #deps: ClockAskingDeps;
  readonly #sent = new Map<number, { readonly at: number; readonly monotonicMs: number; readonly idleMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #sequence: number;
  #bursts = 0;
  #bestSeconds = Number.POSITIVE_INFINITY;
  #waitedMs = 0;
  #idleMs = 0;
  #over = false;

  constructor(asking: ClockAsking, deps: ClockAskingDeps) {
    this.#asking = asking;
    this.#deps = deps;
    this.#sequence = deps.firstSequence;
  }

  get lastSequence(): number {
    return this.#sequence;
  }

  /** `go` was sent. Answers to what was sent before it still count. */
  get over(): boolean {
    return this.#over;
  }

  /**
   * True when the measurement is poor for a reason of this side: we had other work for more than half of the time in which the
   * answers were awaited, so that they had to wait for us. Also when there was no answer at all.
   */
  get isDoubtful(): boolean {
    if (this.exchanges.length === 0) return this.resolutionSeconds !== null;
    return this.#bestSeconds > this.#asking.goodEnoughSeconds && this.#idleMs < this.#waitedMs / 2;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The frame `clock` came: the host listens. */
  onClock(resolutionSeconds: number): void {
    if (this.resolutionSeconds !== null) return;
    this.resolutionSeconds = resolutionSeconds;
    this.#ask();
  }

  onTime(sequence: number, hostSeconds: number): void {
    const sent = this.#sent.get(sequence);
    if (!sent) return;
    this.#sent.delete(sequence);
    const now = this.#deps.monotonicMs();
    this.#waitedMs = now - sent.monotonicMs;
    this.#idleMs = this.#deps.idleMs() - sent.idleMs;
    const roundTripSeconds = (now - sent.monotonicMs) / 1000;
    this.exchanges.push({
      sentAt: sent.at,
      hostAt: hostSeconds,
      receivedAt: this.#deps.nowSeconds(),
      roundTripSeconds,
    });
    this.#bestSeconds = Math.min(this.#bestSeconds, roundTripSeconds / 2);
    if (this.#sent.size === 0 && !this.#over) this.#goOn();
  }

  #goOn(): void {
    const isEnough = this.#bestSeconds <= this.#asking.goodEnoughSeconds || this.#bursts >= this.#asking.bursts;
    if (isEnough) this.#go('');
    else this.#ask();
  }

  #ask(): void {
    this.#bursts += 1;
    const at = this.#deps.nowSeconds();
    const monotonicMs = this.#deps.monotonicMs();
    const idleMs = this.#deps.idleMs();
    let lines = '';
    for (let i = 0; i < this.#asking.burst; i++) {
      this.#sequence += 1;
      this.#sent.set(this.#sequence, { at, monotonicMs, idleMs });
      lines += `t ${this.#sequence}\n`;
    }
    if (this.#deps.turnaroundMs >= LONG_LINE_MS) {
      this.#go(lines);
      return;
    }
    this.stop();
    this.#timer = setTimeout(() => this.#go(''), STALLED_MS);
    this.#deps.send(lines);
  }

  #go(linesBefore: string): void {
    if (this.#over) return;
    this.#over = true;
    this.stop();
    this.#deps.send(`${linesBefore}go\n`);
  }
}
