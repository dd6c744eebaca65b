/** What a process still has to do when its result is written. */
export interface Leaving {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** A person may be reading, page by page. */
  readonly isWatched: boolean;
  readonly exit: (code?: number) => void;
}

/** So long a reader may take nothing at all, where no person is there. */
const STALLED_MS = 30_000;
/** Progress and errors are for whoever looks: nobody waits for them. */
const STDERR_MS = 1_000;
/** Connections say goodbye for 2 s. What else is open by then (a peer that froze, an agent) must not keep the process. */
const LEFTOVER_MS = 3_000;
const LOOK_MS = 100;

/**
 * Lets the process end by itself once its outputs were taken, and ends it where something that is still open would keep it. A
 * reader on standard output gets all the time that it needs as long as it reads; one that stopped is left, and that is an error.
 */
export async function leave({ stdout, stderr, isWatched, exit }: Leaving): Promise<void> {
  const isTaken = await drained(stdout, isWatched ? Number.POSITIVE_INFINITY : STALLED_MS);
  if (!isTaken) {
    stderr.write(`error: standard output was not read for ${STALLED_MS / 1000} s; what was left of it is lost\n`);
    process.exitCode = 1;
  }
  await drained(stderr, STDERR_MS);
  if (isTaken) setTimeout(() => exit(), LEFTOVER_MS).unref();
  else exit();
}

/** False: nothing more was taken for so long. */
export async function drained(stream: NodeJS.WriteStream, stalledMs: number): Promise<boolean> {
  let left = waitingIn(stream);
  let idleMs = 0;
  while (left > 0) {
    if (idleMs >= stalledMs) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = waitingIn(stream);
    idleMs = now < left ? 0 : idleMs + LOOK_MS;
    left = now;
  }
  return true;
}

/** Bytes that nobody has taken yet. Of one large write only the system's own count goes down bit by bit. */
function waitingIn(stream: NodeJS.WriteStream): number {
  if (stream.destroyed || stream.writableLength === 0) return 0;
  const { _handle: handle } = stream as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return Math.max(1, handle?.writeQueueSize ?? stream.writableLength);
}
