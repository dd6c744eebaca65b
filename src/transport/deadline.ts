/** One thing that is being waited for. It can be paused while it is we who keep the other side waiting. */
export class Deadline {
  readonly #expired: (awaited: string, ms: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #awaited = '';
  #ms = 0;

  constructor(expired: (awaited: string, ms: number) => void) {
    this.#expired = expired;
  }

  /** Begins to wait for something else, or for the same again. */
  start(awaited: string, ms: number): void {
    this.#awaited = awaited;
    this.#ms = ms;
    this.resume();
  }

  pause(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The whole time again. Does nothing after `stop`. */
  resume(): void {
    this.pause();
    if (this.#ms > 0) this.#timer = setTimeout(() => this.#expired(this.#awaited, this.#ms), this.#ms);
  }

  stop(): void {
    this.pause();
    this.#ms = 0;
  }
}
