import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Connection, RemoteExec } from './connection.js';
import { timedOut } from './open-socket.js';

export interface SshConnectionOptions {
  /** `192.0.2.1 port 22`, to be shown. */
  readonly where: string;
  /** For opening a channel: ssh2 has no deadline of its own. */
  readonly channelOpenMs: number;
  /** Why the connection is gone, null while it is not. */
  readonly lost: () => Problem | null;
}

/** A command that was sent, and how to end it when the host refuses it after all. */
export interface SentExec {
  readonly exec: RemoteExec;
  refuse(problem: Problem): void;
}

/** What a client of the protocol offers once it has logged in. */
export interface LoggedIn {
  /** `sent` hears that the request is out, before the host agreed; `refused` what the host said against it. May throw. */
  start(command: string, sent: (sent: SentExec) => void, refused: (said: string) => void): void;
  close(): void;
}

/** A client that has logged in as a `Connection`. A command's input may be written as soon as `exec` resolves. */
export function sshConnection(client: LoggedIn, options: SshConnectionOptions): Connection {
  return { exec: (command) => openExec(client, command, options), close: () => client.close() };
}

function openExec(client: LoggedIn, command: string, options: SshConnectionOptions): Promise<RemoteExec> {
  return new Promise((resolve, reject) => {
    let running: SentExec | null = null;
    const timer = setTimeout(
      () => reject(timedOut(options.where, 'a channel for a command', options.channelOpenMs)),
      options.channelOpenMs,
    );
    const sent = (sentExec: SentExec) => {
      clearTimeout(timer);
      running = sentExec;
      resolve(running.exec);
    };
    const refused = (said: string) => {
      clearTimeout(timer);
      const refusal = options.lost() ?? refusedBy(options.where, said);
      if (running) running.refuse(refusal);
      else reject(new HostTrouble(refusal));
    };
    try {
      client.start(command, sent, refused);
    } catch (error) {
      clearTimeout(timer);
      reject(new HostTrouble(options.lost() ?? lostWithoutReason(options.where), { cause: error }));
    }
  });
}

function refusedBy(where: string, said: string): Problem {
  return problem('transport/exec-refused', `${where} answered: ${printable(said).slice(0, 300)}.`);
}

function lostWithoutReason(where: string): Problem {
  return problem('transport/connection-lost', `The connection to ${where} was closed before a command could be run.`);
}
