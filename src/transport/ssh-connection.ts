import type { Channel, Client, ClientChannel } from 'ssh2';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Connection, ExecEnd, RemoteExec } from './connection.js';
import { execInOneTurn } from './fewer-turnarounds.js';
import { timedOut } from './open-socket.js';

export interface SshConnectionOptions {
  /** `192.0.2.1 port 22`, to be shown. */
  readonly where: string;
  /** ssh2 has no deadline of its own for opening a channel. */
  readonly channelOpenMs: number;
  /** Why the connection is gone, null while it is not. */
  readonly lost: () => Problem | null;
}

/** An authenticated ssh2 client as a `Connection`. A command's input may be written as soon as `exec` resolves, before the host agreed. */
export function sshConnection(client: Client, options: SshConnectionOptions): Connection {
  const start = execInOneTurn(client);
  return {
    exec: (command) => openExec(start, command, options),
    close: () => closeSoon(client),
  };
}

function openExec(
  start: ReturnType<typeof execInOneTurn>,
  command: string,
  options: SshConnectionOptions,
): Promise<RemoteExec> {
  return new Promise((resolve, reject) => {
    let running: { readonly exec: RemoteExec; refuse(problem: Problem): void } | null = null;
    const timer = setTimeout(
      () => reject(timedOut(options.where, 'a channel for a command', options.channelOpenMs)),
      options.channelOpenMs,
    );
    const sent = (channel: Channel) => {
      clearTimeout(timer);
      running = remoteExec(channel as ClientChannel, options.lost);
      resolve(running.exec);
    };
    const answered = (error: Error | undefined) => {
      if (!error) return;
      clearTimeout(timer);
      const refusal = options.lost() ?? refused(options.where, error);
      if (running) running.refuse(refusal);
      else reject(new HostTrouble(refusal, { cause: error }));
    };
    try {
      start(command, sent, answered);
    } catch (error) {
      clearTimeout(timer);
      reject(new HostTrouble(options.lost() ?? lostWithoutReason(options.where), { cause: error }));
    }
  });
}

function remoteExec(
  channel: ClientChannel,
  whyEnded: () => Problem | null,
): { readonly exec: RemoteExec; refuse(problem: Problem): void } {
  const ended = Promise.withResolvers<ExecEnd>();
  let exit: { code: number | null; signal: string | null } | null = null;
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = { code: code ?? null, signal: signal ? printable(signal).slice(0, 40) : null };
  });
  channel.on('close', () => {
    const problem = exit === null ? whyEnded() : null;
    ended.resolve({ ...(exit ?? { code: null, signal: null }), ...(problem && { problem }) });
  });
  // A write to a command that has ended is no news: `ended` tells.
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  const drop = () => {
    channel.removeAllListeners('data');
    channel.stderr.removeAllListeners('data');
    channel.resume();
    channel.stderr.resume();
    channel.destroy();
  };
  const exec: RemoteExec = {
    write: (bytes) => {
      if (!channel.writable) return;
      channel.write(typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
    endInput: () => {
      channel.end();
    },
    destroy: () => {
      drop();
      ended.resolve({ code: null, signal: null });
    },
    onStdout: (listener) => {
      channel.on('data', listener);
    },
    onStderr: (listener) => {
      channel.stderr.on('data', listener);
    },
    ended: ended.promise,
  };
  const refuse = (problem: Problem) => {
    drop();
    ended.resolve({ code: null, signal: null, problem });
  };
  return { exec, refuse };
}

/** Says goodbye; a host that does not hang up in turn is cut off, so that no half-open connection stays. */
function closeSoon(client: Client): void {
  const timer = setTimeout(() => client.destroy(), GOODBYE_MS);
  timer.unref();
  client.once('close', () => clearTimeout(timer));
  client.end();
}

const GOODBYE_MS = 2_000;

function refused(where: string, error: Error): Problem {
  return problem('transport/exec-refused', `${where} answered: ${printable(error.message).slice(0, 300)}.`);
}

function lostWithoutReason(where: string): Problem {
  return problem('transport/connection-lost', `The connection to ${where} was closed before a command could be run.`);
}
