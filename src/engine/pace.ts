/** What a person may change while hosts are at work: no further host begins, or those in flight get more time. */
export class Pace {
  #paused: PromiseWithResolvers<void> | null = null;
  #extensions = 0;

  /** From now on no host begins; those in flight are finished. */
  pause(): void {
    this.#paused ??= Promise.withResolvers<void>();
  }

  goOn(): void {
    this.#paused?.resolve();
    this.#paused = null;
  }

  /** Gives the hosts in flight more time, once more. */
  extend(): void {
    this.#extensions++;
  }

  /** How often more time was given until now. */
  get extensions(): number {
    return this.#extensions;
  }

  /** Resolves when hosts may begin: at once, after the pause, or when the signal is aborted. */
  async whenOpen(signal: AbortSignal): Promise<void> {
    while (this.#paused !== null && !signal.aborted) {
      const aborted = Promise.withResolvers<void>();
      const abort = () => aborted.resolve();
      signal.addEventListener('abort', abort, { once: true });
      await Promise.race([this.#paused.promise, aborted.promise]);
      signal.removeEventListener('abort', abort);
    }
  }
}

/** By how much the guard and the time to settle of a host in flight are extended at a time. */
export const EXTENSION_SECONDS = 300;
