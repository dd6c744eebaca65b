import type { ClockExchange } from '#snapshot/snapshot.js';

/** How the clock of a host is asked. */
export interface ClockAsking {
  /** Enough answers. */
  readonly exchanges: number;
  /** Time between two requests, which do not wait for answers: at long distances many fit into one turnaround. */
  readonly everyMs: number;
  /** Requests in all. */
  readonly atMost: number;
}

export interface ClockAskingDeps {
  readonly send: (line: string) => void;
  readonly monotonicMs: () => number;
  readonly nowSeconds: () => number;
  /** The number of the last request so far: a late answer of an earlier round must not count for this one. */
  readonly firstSequence: number;
  /** Length of the line, measured roughly: only on a long one is it worth asking before the host says that it listens. */
  readonly turnaroundMs: number;
}

/** Before the host says that it listens, no more than this: what waits in its input is answered late and measures nothing. */
const MOST_AHEAD = 12;

/** Sent when all requests were used up before the host listened: these it cannot have missed. */
const LAST_REQUESTS = 3;

/** So many answers are enough even if none of them was prompt, as multiple of the prompt ones that would be. */
const ENOUGH_ANYWAY = 3;

/**
 * One round of clock exchanges: `t 1`, `t 2`, ... until enough prompt answers came, then `go`. Requests may be lost (a `head` with a
 * buffer swallows what follows the program): they are simply not counted. `go` is sent only after the frame `clock`, so that it is not.
 */
export class ClockRounds {
  readonly exchanges: ClockExchange[] = [];
  resolutionSeconds: number | null = null;

  readonly #asking: ClockAsking;
  readonly #deps: ClockAskingDeps;
  readonly #ahead: number;
  readonly #sent = new Map<number, { readonly at: number; readonly monotonicMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #sequence: number;
  #requests = 0;
  #prompt = 0;
  #lastArrivalMs = 0;
  #over = false;

  constructor(asking: ClockAsking, deps: ClockAskingDeps) {
    this.#asking = asking;
    this.#deps = deps;
    this.#sequence = deps.firstSequence;
    this.#ahead = Math.min(MOST_AHEAD, Math.floor(deps.turnaroundMs / asking.everyMs));
  }

  get lastSequence(): number {
    return this.#sequence;
  }

  /** `go` was sent: what comes now is no answer any more. */
  get over(): boolean {
    return this.#over;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), this.#asking.everyMs);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** The frame `clock` came: the host listens. */
  onClock(resolutionSeconds: number): void {
    this.resolutionSeconds = resolutionSeconds;
    this.#lastArrivalMs = this.#deps.monotonicMs();
    if (this.#requests < this.#asking.atMost) this.#ask();
    else for (let i = 0; i < LAST_REQUESTS; i++) this.#ask();
    this.#goWhenEnough();
  }

  onTime(sequence: number, hostSeconds: number): void {
    const sent = this.#sent.get(sequence);
    if (!sent) return;
    this.#sent.delete(sequence);
    const now = this.#deps.monotonicMs();
    const receivedAt = this.#deps.nowSeconds();
    const roundTripSeconds = (now - sent.monotonicMs) / 1000;
    this.exchanges.push({ sentAt: sent.at, hostAt: hostSeconds, receivedAt, roundTripSeconds });
    // Answers that come in a row had waited in the host's input: they count, but are not yet enough.
    if (now - this.#lastArrivalMs >= this.#asking.everyMs / 3) this.#prompt += 1;
    this.#lastArrivalMs = now;
    this.#goWhenEnough();
  }

  #tick(): void {
    if (this.resolutionSeconds === null && this.#requests >= this.#ahead) return;
    if (this.#requests >= this.#asking.atMost) this.stop();
    else this.#ask();
    this.#goWhenEnough();
  }

  #ask(): void {
    this.#sequence += 1;
    this.#requests += 1;
    this.#sent.set(this.#sequence, { at: this.#deps.nowSeconds(), monotonicMs: this.#deps.monotonicMs() });
    this.#deps.send(`t ${this.#sequence}`);
  }

  #goWhenEnough(): void {
    if (this.#over || this.resolutionSeconds === null || !this.#isEnough()) return;
    this.#over = true;
    this.stop();
    this.#deps.send('go');
  }

  #isEnough(): boolean {
    const { exchanges, atMost } = this.#asking;
    if (this.#prompt >= exchanges || this.exchanges.length >= ENOUGH_ANYWAY * exchanges) return true;
    return this.#requests >= atMost;
  }
}
