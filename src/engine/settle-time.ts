import { EXTENSION_SECONDS } from './pace.js';

/** How long after the guard's time a host is still asked what became of it: its undo restarts daemons. */
const AFTER_GUARD_MS = 90_000;

/** How long one host may still take; all in monotonic milliseconds. A person may give it more. */
export class SettleTime {
  /** Until then the verification waits. */
  settleUntilMs: number;
  /** Then its guard comes, at the earliest. */
  #guardUntilMs: number;

  constructor(nowMs: number, settleTimeoutSeconds: number, guardSeconds: number) {
    this.settleUntilMs = nowMs + settleTimeoutSeconds * 1000;
    this.#guardUntilMs = nowMs + guardSeconds * 1000;
  }

  /** After that nobody asks the host any more. */
  get giveUpMs(): number {
    return this.#guardUntilMs + AFTER_GUARD_MS;
  }

  /** The whole seconds from now on that the guard is to be extended to, so that the host gets the extension on top of what it has. */
  extensionSeconds(nowMs: number): number {
    return Math.max(0, Math.ceil((this.#guardUntilMs - nowMs) / 1000)) + EXTENSION_SECONDS;
  }

  /** The host agreed to it. */
  extended(): void {
    this.settleUntilMs += EXTENSION_SECONDS * 1000;
    this.#guardUntilMs += EXTENSION_SECONDS * 1000;
  }
}
