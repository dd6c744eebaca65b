/** What Ctrl-C means in a run: first finish the hosts in flight, then leave them to their guards. */
export interface Interrupts {
  readonly finishSignal: AbortSignal;
  readonly leaveSignal: AbortSignal;
  /** Aborted by SIGTERM and SIGHUP: whoever looked at the screen does so no more. */
  readonly endSignal: AbortSignal;
  /** The same as a Ctrl-C, from the screen (which reads the keyboard raw). */
  readonly interrupt: () => void;
  /** As the first Ctrl-C, but that nobody asked for it: no further host begins. */
  readonly finish: () => void;
  readonly stop: () => void;
}

/** SIGTERM and SIGHUP often come twice: to each process of a terminal or unit, and passed on by the launcher. */
const REPEATED_MS = 1000;

/**
 * Takes over SIGINT, SIGTERM and SIGHUP until `stop`; a third interruption ends the process as usual. What comes again within a
 * second counts once, but for Ctrl-C.
 */
export function watchInterrupts(said: (how: 'finish' | 'leave') => void, monotonicMs: () => number): Interrupts {
  const finish = new AbortController();
  const leave = new AbortController();
  const end = new AbortController();
  let asked = false;
  let endedAtMs = Number.NEGATIVE_INFINITY;

  function interrupt(): void {
    if (leave.signal.aborted) process.exit(130);
    const how = asked ? 'leave' : 'finish';
    asked = true;
    try {
      said(how);
    } catch {
      // What cannot be said must not keep the signal from being obeyed, nor end the process with hosts in flight.
    }
    (how === 'leave' ? leave : finish).abort();
  }
  function terminate(): void {
    const isRepeated = monotonicMs() - endedAtMs < REPEATED_MS;
    endedAtMs = monotonicMs();
    end.abort();
    if (!isRepeated) interrupt();
  }
  const handlers = [
    ['SIGINT', interrupt],
    ['SIGTERM', terminate],
    ['SIGHUP', terminate],
  ] as const;
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    finishSignal: finish.signal,
    leaveSignal: leave.signal,
    endSignal: end.signal,
    interrupt,
    finish: () => finish.abort(),
    stop() {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
