/** What Ctrl-C means in a run: first finish the hosts in flight, then leave them to their guards. */
export interface Interrupts {
  readonly finishSignal: AbortSignal;
  readonly leaveSignal: AbortSignal;
  /** The same as a Ctrl-C, from the screen (which reads the keyboard raw). */
  readonly interrupt: () => void;
  readonly stop: () => void;
}

/** Takes over SIGINT, SIGTERM and SIGHUP until `stop`; a third interruption ends the process as usual. */
export function watchInterrupts(said: (how: 'finish' | 'leave') => void): Interrupts {
  const finish = new AbortController();
  const leave = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

  function interrupt(): void {
    if (!finish.signal.aborted) {
      said('finish');
      finish.abort();
    } else if (!leave.signal.aborted) {
      said('leave');
      leave.abort();
    } else {
      process.exit(130);
    }
  }
  for (const name of names) process.on(name, interrupt);
  return {
    finishSignal: finish.signal,
    leaveSignal: leave.signal,
    interrupt,
    stop() {
      for (const name of names) process.off(name, interrupt);
    },
  };
}
