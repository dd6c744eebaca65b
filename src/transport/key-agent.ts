import { Socket } from 'node:net';
import type { BaseAgent, ParsedKey } from 'ssh2';
import { printable } from '#errors/printable.js';
import { createAgent } from './ssh2-parts.js';

export interface AgentDeadlines {
  readonly identitiesMs: number;
  /** A person may have to say yes first. Less than a host waits for a login, so that another key can be tried. */
  readonly signatureMs: number;
}

export const defaultAgentDeadlines: AgentDeadlines = { identitiesMs: 5_000, signatureMs: 25_000 };

/**
 * The agent behind `SSH_AUTH_SOCK`. An agent that takes a question and never answers holds up nobody: every question has a deadline
 * and a socket of its own, which is destroyed with it, and after one that was not answered no further is asked.
 */
export class KeyAgent {
  readonly #path: string;
  readonly #deadlines: AgentDeadlines;
  readonly #open = new Set<Socket>();
  #silent: string | null = null;

  constructor(path: string, deadlines: AgentDeadlines) {
    this.#path = path;
    this.#deadlines = deadlines;
  }

  /** Why it is asked nothing any more; null: it answers, or was not asked. */
  get silent(): string | null {
    return this.#silent;
  }

  /** Rejects when the agent is not there, or silent. */
  identities(): Promise<readonly ParsedKey[]> {
    return this.#ask(this.#deadlines.identitiesMs, (agent, done) => {
      agent.getIdentities((error, keys) => done(error, keys as readonly ParsedKey[] | undefined));
    });
  }

  /** The raw signature; rejects when the agent gives none. */
  sign(key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> {
    return this.#ask(this.#deadlines.signatureMs, (agent, done) => {
      agent.sign(key, data, hash === 'sha256' || hash === 'sha512' ? { hash } : {}, done);
    });
  }

  close(): void {
    this.#silent ??= 'the agent was left';
    for (const socket of this.#open) socket.destroy();
  }

  async #ask<T>(
    ms: number,
    question: (agent: BaseAgent, done: (error?: Error | null, answer?: T) => void) => void,
  ): Promise<T> {
    if (this.#silent !== null) throw new Error(this.#silent);
    const socket = new Socket();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => {
      this.#silent = `the agent did not answer within ${ms / 1000} s`;
      reject(new Error(this.#silent));
    }, ms);
    socket.once('close', () => reject(new Error('the connection to the agent was closed')));
    this.#open.add(socket);
    try {
      question(agentOver(socket, this.#path), (error, answer) => {
        if (answer === undefined) reject(new Error(printable(error?.message ?? 'the agent gave no answer')));
        else resolve(answer);
      });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#open.delete(socket);
      socket.destroy();
    }
  }
}

/** ssh2's client of the protocol over a socket of ours: it would keep its own open as long as the agent does. */
function agentOver(socket: Socket, path: string): BaseAgent {
  const getStream = (ready: (error: Error | null, stream?: Socket) => void) => {
    socket.on('error', (error) => ready(error));
    socket.connect(path, () => ready(null, socket));
  };
  return Object.assign(createAgent(path), { getStream });
}
