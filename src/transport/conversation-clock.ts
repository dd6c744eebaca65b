import type { Frame } from '#conversation/frames.js';
import type { ClockExchange } from '#snapshot/snapshot.js';
import { type ClockAsking, type ClockAskingDeps, ClockRounds } from './clock-rounds.js';

export interface ClockRound {
  readonly exchanges: readonly ClockExchange[];
  /** null: the host never said that it listens. */
  readonly resolutionSeconds: number | null;
}

/**
 * The rounds of clock exchanges of one conversation: one at the program's beginning, a second one after its end where the first is doubtful,
 * and those that a listener asks for in between.
 */
export class ConversationClock {
  readonly #deps: Omit<ClockAskingDeps, 'firstSequence'>;
  #first: ClockRounds | null = null;
  #second: ClockRounds | null = null;
  /** The one that goes on, or the last. */
  #current: ClockRounds | null = null;
  #asked: ((round: ClockRound) => void) | null = null;

  constructor(deps: Omit<ClockAskingDeps, 'firstSequence'>) {
    this.#deps = deps;
  }

  begin(asking: ClockAsking): void {
    this.#first = this.#start(asking, this.#deps.turnaroundMs);
  }

  /** Settles when the round's `go` was answered by `idle`. */
  measure(asking: ClockAsking): Promise<ClockRound> {
    this.#start(asking, this.#deps.turnaroundMs);
    return new Promise((resolve) => {
      this.#asked = resolve;
    });
  }

  onFrame(frame: Frame): void {
    if (frame.type === 'clock') this.#current?.onClock(frame.resolutionSeconds);
    if (frame.type === 'time') this.#current?.onTime(frame.sequence, frame.hostSeconds);
    if (frame.type === 'idle') this.#onIdle();
  }

  /** The program still answers after its end: answers that had waited for a busy machine of ours are asked for once more. */
  beginSecond(asking: ClockAsking): boolean {
    if (this.#first === null || !this.#first.isDoubtful) return false;
    this.#second = this.#start({ ...asking, bursts: Math.min(2, asking.bursts) }, 0);
    this.#second.onClock(this.#first.resolutionSeconds ?? 1);
    return true;
  }

  /** The program has ended, and only a better measurement is waited for. */
  get isInSecond(): boolean {
    return this.#second !== null;
  }

  get isSecondOver(): boolean {
    return this.#second?.over === true;
  }

  /** Nothing of the second round counts. */
  dropSecond(): void {
    this.#second = null;
  }

  stop(): void {
    this.#current?.stop();
  }

  /** The round at the beginning, with what the second one brought. */
  result(): ClockRound {
    const { exchanges = [], resolutionSeconds = null } = this.#first ?? {};
    return { exchanges: [...exchanges, ...(this.#second?.exchanges ?? [])], resolutionSeconds };
  }

  #start(asking: ClockAsking, turnaroundMs: number): ClockRounds {
    const firstSequence = this.#current?.lastSequence ?? 0;
    this.#current?.stop();
    this.#current = new ClockRounds(asking, { ...this.#deps, turnaroundMs, firstSequence });
    return this.#current;
  }

  #onIdle(): void {
    if (!this.#current?.over || !this.#asked) return;
    const { exchanges, resolutionSeconds } = this.#current;
    this.#asked({ exchanges, resolutionSeconds });
    this.#asked = null;
  }
}
