import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPrograms } from '#engine/programs.js';
import type { ProgramTexts } from '#transaction/verify-program.js';
import { BOOTSTRAP, bootstrapInput, type Marks } from '#transport/bootstrap.js';

/** The texts of programs without the long probe. */
export const TEXTS: ProgramTexts = {
  ...loadPrograms().texts,
  probe: 'probe_sections() { begin probed; finish; }\n',
};

const STAND_INS = fileURLToPath(new URL('./stand-ins/', import.meta.url));
export const MARKS = {
  token: 'fedcba9876543210fedcba9876543210',
  nonce: '0123456789abcdef0123456789abcdef',
  prompt: '',
} as const;

/** A host in a folder: files below `root`, commands that keep their state in files, any shell. */
export class FakeHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsync-transaction-'));
  readonly root = join(this.folder, 'root');
  readonly active = join(this.folder, 'active');
  /** The only commands that programs see. */
  private readonly bin = join(this.folder, 'bin');
  /** A sync and a dd that do nothing: no test takes the power, and thousands of real ones would only take time. */
  private readonly quick = join(this.folder, 'quick');

  constructor(init: 'systemd' | 'sysv' | 'openrc' = 'systemd') {
    for (const folder of [this.root, this.active, this.bin, this.quick]) mkdirSync(folder);
    for (const name of ['sync', 'dd']) writeFileSync(join(this.quick, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    for (const command of readdirSync(STAND_INS)) {
      if (init === 'systemd' || !command.startsWith('system'))
        symlinkSync(join(STAND_INS, command), join(this.bin, command));
    }
    if (init === 'openrc') mkdirSync(join(this.root, 'run/openrc'), { recursive: true });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array, mode = 0o644): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), content);
    chmodSync(this.path(name), mode);
  }

  bytes(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  start(unit: string): void {
    writeFileSync(join(this.active, unit), '');
  }

  /** Everything that a change could touch, but not tsync's own folder: path, kind, mode, owner, content; and what runs. */
  state(): string {
    const lines: string[] = [];
    const walk = (folder: string) => {
      for (const entry of readdirSync(join(this.root, folder)).sort()) {
        const name = `${folder}/${entry}`;
        if (name === '/var') continue;
        const stat = lstatSync(this.path(name));
        const what = stat.isSymbolicLink()
          ? `-> ${readlinkSync(this.path(name))}`
          : stat.isDirectory()
            ? 'folder'
            : Buffer.from(this.bytes(name)).toString('latin1');
        lines.push(`${name} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${JSON.stringify(what)}`);
        if (stat.isDirectory()) walk(name);
      }
    };
    walk('');
    return `${lines.join('\n')}\nactive: ${readdirSync(this.active).sort().join(' ')}`;
  }

  transactionState(id: string): string {
    const file = this.path(`var/lib/tsync/tx/${id}/state`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  }

  journal(id: string): string {
    const file = this.path(`var/lib/tsync/tx/${id}/journal`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Runs a program as the transport does; `requests` follow it on standard input. Gives its step frames as `ID STATE`. */
  run(shell: readonly string[], program: Uint8Array, options: RunOptions = {}): Ran {
    const [command = 'sh', ...args] = this.#command(shell, program, options);
    const ran = spawnSync(command, args, {
      input: this.#input(program, options),
      env: this.#environment(options),
      maxBuffer: 1 << 24,
    });
    return {
      steps: stepsOf(ran.stdout.toString('latin1')),
      output: ran.stdout.toString('latin1'),
      errors: ran.stderr.toString('latin1'),
    };
  }

  /** The same, without holding this process up until its end. */
  begin(shell: readonly string[], program: Uint8Array, options: RunOptions = {}): Promise<Ran> {
    const [command = 'sh', ...args] = this.#command(shell, program, options);
    const child = spawn(command, args, { env: this.#environment(options), stdio: 'pipe' });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('latin1');
    });
    child.stdin.on('error', () => {});
    child.stdin.end(this.#input(program, options));
    return new Promise((resolve) => child.on('close', () => resolve({ steps: stepsOf(output), output, errors })));
  }

  /** What the guard does when its time has come. */
  undo(shell: readonly string[], id: string, mode = 'guard', options: RunOptions = {}): Ran {
    const words = [
      ...shell,
      this.path(`var/lib/tsync/tx/${id}/program.sh`),
      'undo',
      mode,
      `root=${this.root}`,
      `bin=${this.bin}`,
    ];
    const ran = spawnSync(
      'sh',
      ['-c', `echo $$ >"$TSYNC_TEST/pid"; ${options.before ?? ''} exec "$@"`, 'sh', ...words],
      {
        env: this.#environment(options),
      },
    );
    return {
      steps: stepsOf(ran.stdout.toString('latin1')),
      output: ran.stdout.toString('latin1'),
      errors: ran.stderr.toString('latin1'),
    };
  }

  /** Names of the guards that a stand-in timer would still fire. */
  armedGuards(): string[] {
    return readdirSync(this.active)
      .filter((name) => name.endsWith('.timer'))
      .sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #command(shell: readonly string[], program: Uint8Array, options: RunOptions): string[] {
    const limits = options.before ?? '';
    return [
      'sh',
      '-c',
      `echo $$ >"$TSYNC_TEST/pid"; ${limits} exec "$@"`,
      'sh',
      ...shell,
      '-c',
      BOOTSTRAP,
      'tsync',
      (options.marks ?? MARKS).token,
      String(program.length),
    ];
  }

  #input(program: Uint8Array, options: RunOptions): Buffer {
    const parameters = [`root=${this.root}`, `bin=${this.bin}`, ...(options.parameters ?? [])];
    return Buffer.concat([
      bootstrapInput(options.marks ?? MARKS, parameters, program),
      Buffer.from(options.requests?.map((line) => `${line}\n`).join('') ?? ''),
    ]);
  }

  #environment({ path, killAt }: RunOptions): NodeJS.ProcessEnv {
    return {
      PATH: [...(path ? [path] : []), this.quick, process.env.PATH].join(':'),
      HOME: this.folder,
      TSYNC_TEST: this.folder,
      ...(killAt === undefined ? {} : { TSYNC_KILL_AT: String(killAt) }),
    };
  }
}

export interface RunOptions {
  readonly marks?: Marks;
  readonly parameters?: readonly string[];
  readonly requests?: readonly string[];
  /** A folder of commands that go before the system's own. */
  readonly path?: string;
  readonly killAt?: number;
  /** Shell text that runs before the program's shell, such as `ulimit -f 1;`. */
  readonly before?: string;
}

export interface Ran {
  readonly steps: readonly string[];
  readonly output: string;
  readonly errors: string;
}

function stepsOf(output: string): string[] {
  return [...output.matchAll(/^@\S+ step (\S+) (\S+)$/gm)].map(
    ([, id = '', state = '']) => `${decoded(id)} ${decoded(state)}`,
  );
}

function decoded(word: string): string {
  return word.startsWith('%') ? Buffer.from(word.replaceAll('%', ''), 'hex').toString('latin1') : word;
}

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** The file of a change, with the owner that tests run as (below a root of its own an ordinary user counts as root). */
export function fileState(content: string | Uint8Array, mode = '0644') {
  return {
    bytes: typeof content === 'string' ? latin1(content) : content,
    mode,
    owner: 'root',
    group: 'root',
    truncated: false,
  } as const;
}
