import { hostKeyAlgorithms } from './algorithms.js';
import type { Incoming } from './open-socket.js';
import { type ClientTask, GOODBYE_MS, type SshClient } from './ssh-client.js';
import { NoCommonAlgorithm, NoLogin, Session } from './wire/session.js';

/** Whether our own client may try: it logs in by key only, and knows nothing of what is out of date. */
export function suitsOwnClient(settings: { readonly legacy: boolean; readonly password: string | null }): boolean {
  return !settings.legacy && settings.password === null;
}

/** Our own client, at a third of the CPU of ssh2. See docs/decisions/own-client.md. */
export function ownClient(task: ClientTask, incoming: Incoming): SshClient {
  const { login, ring } = task;
  const session: Session = new Session(task.socket, {
    user: task.user,
    hostKeyAlgorithms: hostKeyAlgorithms(task.keyTypes, false),
    trusts: task.trusts,
    nextKey: (allowed, next) => {
      task.onLoginPrepared(false);
      login.next(allowed as Parameters<typeof login.next>[0], (method) => {
        task.onLoginPrepared(true);
        next(method === (false as never) ? null : login.current);
      });
    },
    signsAtOnce: (key) => ring.signsAtOnce(key),
    keepaliveMs: task.keepaliveMs,
    onHandshake: task.onHandshake,
    onReady: task.onReady,
    onError: (error) => {
      if (error instanceof NoCommonAlgorithm) task.onEnd({ kind: 'no-common-algorithm', error });
      else task.onEnd({ kind: error instanceof NoLogin ? 'no-login' : 'error', error });
    },
    onClose: () => task.onEnd({ kind: 'closed' }),
  });
  incoming.to((chunk) => session.receive(chunk));
  return {
    destroy: () => session.destroy(),
    loggedIn: (lost) => ({
      start: (command, sent, refused) => session.exec(command, lost, (exec, refuse) => sent({ exec, refuse }), refused),
      close: () => {
        const timer = setTimeout(() => session.destroy(), GOODBYE_MS);
        timer.unref();
        task.socket.once('close', () => clearTimeout(timer));
        session.end();
      },
    }),
  };
}
