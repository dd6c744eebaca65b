import type { Socket } from 'node:net';
import type { Problem } from '#errors/problem.js';
import type { KeyRing } from './key-ring.js';
import type { Login } from './login.js';
import type { LoggedIn } from './ssh-connection.js';

/** What one of the two clients is to do on an open socket. */
export interface ClientTask {
  readonly socket: Socket;
  readonly user: string;
  /** Key types to ask the host for first. */
  readonly keyTypes: readonly string[];
  readonly legacy: boolean;
  /** Asked once; the host's signature is checked beside. */
  readonly trusts: (hostKey: Buffer) => boolean;
  readonly login: Login;
  /** We are busy with the next key or password, and no longer: the host waits for us meanwhile. */
  readonly onLoginPrepared: (isPrepared: boolean) => void;
  readonly ring: KeyRing;
  readonly keepaliveMs: number;
  /** Collects what the client says of the handshake: only to explain a failure, it costs CPU. */
  readonly log: string[] | null;
  readonly onHandshake: () => void;
  readonly onReady: () => void;
  readonly onEnd: (end: ClientEnd) => void;
}

/** How a client came to its end, before or after the login. */
export type ClientEnd =
  /** The other side closed it. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'no-common-algorithm'; readonly error: Error }
  | { readonly kind: 'no-login'; readonly error: Error };

/** A client of the protocol: ssh2, or our own for what most hosts speak. */
export interface SshClient {
  /** To be used after `onReady`; `lost`: why the connection is gone, null while it is not. */
  loggedIn(lost: () => Problem | null): LoggedIn;
  destroy(): void;
}

/** After a goodbye a host is to hang up; one that does not is cut off, so that no half-open connection stays. */
export const GOODBYE_MS = 2_000;
