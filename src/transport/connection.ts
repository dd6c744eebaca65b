import type { Problem } from '#errors/problem.js';
import type { Host } from '#inventory/host.js';

/** How a remote command ended: `code` null when a signal ended it or the connection broke. */
export interface ExecEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it ended without a status: the connection broke, the host refused to run it. */
  readonly problem?: Problem;
}

/** One running command. Bytes are given out in the order they came; nothing is buffered here beyond one chunk. */
export interface RemoteExec {
  write(bytes: Uint8Array | string): void;
  endInput(): void;
  /** Kills our side of the channel; the command sees end of input and a broken pipe. */
  destroy(): void;
  onStdout(listener: (chunk: Uint8Array) => void): void;
  onStderr(listener: (chunk: Uint8Array) => void): void;
  /** Settles once, when the command ended or the connection broke. Never rejects. */
  readonly ended: Promise<ExecEnd>;
}

/** What a program may do to an image tree. */
export type ImageAccess = 'read' | 'write';

/** An open, authenticated connection to one host. */
export interface Connection {
  /** Words of a shell that a command must come behind, as the user that it runs as (after sudo): what encloses the work on an image. */
  readonly enclosure?: (access: ImageAccess) => string;
  exec(command: string): Promise<RemoteExec>;
  /** Returns at once; what is still running there loses its channel. */
  close(): void;
}

export interface ConnectOptions {
  /** Aborted: nobody waits for this connection any more. */
  readonly signal: AbortSignal;
  /** Hears why a connection that broke off before the login is tried once more. */
  readonly onRetry: (problem: Problem) => void;
}

/** The only way to a host. Rejects with `HostTrouble`. */
export interface Transport {
  connect(host: Host, options: ConnectOptions): Promise<Connection>;
  /** Closes what is shared between hosts (agent, known_hosts writer). */
  close(): Promise<void>;
}
