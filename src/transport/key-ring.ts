import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentDeadlines, defaultAgentDeadlines, KeyAgent } from './key-agent.js';
import { agentSigningKey, parseSigningKey, type SigningKey } from './signing-key.js';
import { parseKey } from './ssh2-parts.js';

/** A key of the list to try, or why it cannot be used. */
export type RingKey = { readonly key: SigningKey } | { readonly unusable: string };

export interface KeyRingOptions {
  /** What `~/` in the name of a key file stands for. */
  readonly home: string;
  /** Of `SSH_AUTH_SOCK`; null: no agent. */
  readonly agentSocket: string | null;
  /** Tried after the agent when a host names no key files; those that do not exist are passed over. */
  readonly defaultKeyFiles: readonly string[];
  /** Asks a person for the passphrase of a key file, at most once a file; null: nobody can be asked. */
  readonly askPassphrase: ((file: string) => Promise<string | null>) | null;
  readonly agentDeadlines?: AgentDeadlines;
}

/** The user's keys for the whole fleet: every file is read and parsed once, the agent asked once for its list. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #agent: KeyAgent | null;
  readonly #files = new Map<string, Promise<RingKey | null>>();
  #agentKeys: Promise<readonly SigningKey[]> | null = null;
  #asking: Promise<unknown> = Promise.resolve();
  #lastAccepted: SigningKey | null = null;
  readonly #accepted = new Set<SigningKey>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
    const { agentSocket, agentDeadlines = defaultAgentDeadlines } = options;
    this.#agent = agentSocket === null ? null : new KeyAgent(agentSocket, agentDeadlines);
  }

  /** Why keys of the agent may be missing, null: they are not. */
  get agentTrouble(): string | null {
    return this.#agent?.silent ?? null;
  }

  /** Leaves the agent, whatever it still owes an answer to. */
  close(): void {
    this.#agent?.close();
  }

  /** The keys to try for a host, one by one, so that no passphrase is asked for before it is needed. */
  async *keysFor(files: readonly string[]): AsyncGenerator<RingKey> {
    if (files.length > 0) {
      for (const file of files) yield (await this.#file(file)) ?? { unusable: `${file} does not exist` };
      return;
    }
    const tried = new Set<string>();
    for (const key of await this.#agentFirst()) {
      tried.add(publicHalf(key));
      yield { key };
    }
    for (const file of this.#options.defaultKeyFiles) {
      const found = await this.#file(file);
      // Mostly the agent holds the same key: a second try would only use up the host's MaxAuthTries.
      if (found !== null && !('key' in found && tried.has(publicHalf(found.key)))) yield found;
    }
  }

  /** Whether to sign without asking the host first if it would take the key: an agent may ask its owner for every signature. */
  signsAtOnce(key: SigningKey): boolean {
    return key.from === 'file' || this.#accepted.has(key);
  }

  /** Remembers what opened a host: the next hosts most likely take the same key. */
  accepted(key: SigningKey): void {
    this.#accepted.add(key);
    this.#lastAccepted = key;
  }

  async #agentFirst(): Promise<readonly SigningKey[]> {
    const keys = await this.#fromAgent();
    const last = this.#lastAccepted;
    return last?.from === 'agent' ? [last, ...keys.filter((key) => key !== last)] : keys;
  }

  #file(file: string): Promise<RingKey | null> {
    const path = file.startsWith('~/') ? join(this.#options.home, file.slice(2)) : file;
    const known = this.#files.get(path);
    if (known) return known;
    const loading = this.#load(path);
    this.#files.set(path, loading);
    return loading;
  }

  async #load(path: string): Promise<RingKey | null> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? await this.#besideOf(path) : { unusable: `${path} cannot be read (${code})` };
    }
    const parsed = parseSigningKey(text, path, null);
    if (parsed.status === 'key') return parsed;
    if (parsed.status === 'public') {
      return (
        (await this.#heldByAgent(text)) ?? {
          unusable: `${path} is a public key, and the agent does not hold its private one`,
        }
      );
    }
    if (parsed.status === 'unusable') return { unusable: `${path} cannot be used: ${parsed.reason}` };
    return (await this.#besideOf(path)) ?? (await this.#decrypted(path, text));
  }

  /** A key that is encrypted, or not in its file at all, may be open in the agent: the public half beside it tells which it is. */
  async #besideOf(path: string): Promise<RingKey | null> {
    return this.#heldByAgent(await readFile(`${path}.pub`, 'utf8').catch(() => ''));
  }

  async #heldByAgent(publicKey: string): Promise<RingKey | null> {
    const beside = parseKey(publicKey);
    if (beside instanceof Error) return null;
    const wanted = beside.getPublicSSH();
    const key = (await this.#fromAgent()).find((held) => held.key.getPublicSSH().equals(wanted));
    return key ? { key } : null;
  }

  #decrypted(path: string, text: string): Promise<RingKey> {
    const ask = this.#options.askPassphrase;
    if (ask === null)
      return Promise.resolve({ unusable: `${path} is encrypted, and there is nobody to ask for its passphrase` });
    const answer = this.#asking.then(() => ask(path));
    this.#asking = answer.catch(() => null);
    return answer.then(
      (passphrase) => {
        if (passphrase === null) return { unusable: `${path} is encrypted, and no passphrase was given` };
        const parsed = parseSigningKey(text, path, passphrase);
        return parsed.status === 'key' ? parsed : { unusable: `${path} cannot be opened: the passphrase is wrong` };
      },
      () => ({ unusable: `${path} is encrypted, and asking for its passphrase failed` }),
    );
  }

  #fromAgent(): Promise<readonly SigningKey[]> {
    const agent = this.#agent;
    if (agent === null) return Promise.resolve([]);
    // A dead agent is as none: the key files are still to be tried.
    this.#agentKeys ??= agent.identities().then(
      (keys) => keys.map((key) => agentSigningKey(key, (data, hash) => agent.sign(key, data, hash))),
      () => [],
    );
    return this.#agentKeys;
  }
}

const publicHalf = ({ key }: SigningKey): string => key.getPublicSSH().toString('base64');
