import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { keyTypeOf } from './fingerprint.js';
import { KnownHosts, parseKnownHosts } from './known-hosts.js';
import { whoElseMayWrite } from './trusted-place.js';

/** The known_hosts files of one run: read once, written by one writer, and only to the first of them. */
export class KnownHostsFiles {
  readonly #files: readonly string[];
  #loaded: Promise<KnownHosts> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(files: readonly string[]) {
    this.#files = files;
  }

  /** Rejects with `HostTrouble` when a file is there but cannot be read: it might revoke a key. */
  load(): Promise<KnownHosts> {
    this.#loaded ??= Promise.all(this.#files.map(entriesOf)).then((lists) => new KnownHosts(lists.flat()));
    return this.#loaded;
  }

  /** Appends a key, for this run and those to come. One line in one write: a reader sees all of it or nothing. */
  async learn(name: string, key: Uint8Array): Promise<void> {
    const [file] = this.#files;
    if (file === undefined) return;
    const known = await this.load();
    const line = `${name} ${keyTypeOf(key)} ${Buffer.from(key).toString('base64')}\n`;
    const write = this.#writing.then(() => appendLine(file, line));
    this.#writing = write.catch(() => {});
    await write.catch((error: unknown) => {
      throw unusable(file, error);
    });
    for (const entry of parseKnownHosts(line, file)) known.add(entry);
  }

  /** Settles when everything that was accepted is on disk. */
  flush(): Promise<void> {
    return this.#writing;
  }
}

async function entriesOf(file: string) {
  const unsafe = whoElseMayWrite(file, 'limited');
  if (unsafe !== null) throw unusable(file, `${unsafe.path}: ${unsafe.reason}`);
  try {
    return parseKnownHosts(await readFile(file, 'latin1'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(file, error);
  }
}

async function appendLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, (await endsInsideLine(file)) ? `\n${line}` : line, { mode: 0o600 });
}

/** A file whose last line has no line feed would swallow ours. */
async function endsInsideLine(file: string): Promise<boolean> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await handle.close();
  }
}

function unusable(file: string, error: unknown): HostTrouble {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new HostTrouble(problem('transport/known-hosts', `${printable(file)}: ${printable(reason)}.`), {
    cause: error,
  });
}
