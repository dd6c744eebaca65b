import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The top of the work tree. */
export const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** In the events of a run (`--jsonl`): a host has its first change. */
export const A_CHANGE_IS_MADE = /"type":"apply-step"[^\n]*"step":"file:[^\n]*"detail":"done"/;

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--json` gives, as far as the lab looks at it. */
export interface RunDocument {
  readonly run: string;
  readonly hosts: readonly {
    readonly host: string;
    readonly outcome: string;
    readonly daemon: string | null;
    readonly source: string | null;
    readonly problem: { readonly code: string; readonly summary: string; readonly detail: string } | null;
    readonly findings: readonly { readonly rule: string; readonly status: string; readonly waived: string | null }[];
    readonly strategy: { readonly asked: string; readonly taken: string } | null;
    readonly changes: readonly { readonly name: string }[];
    readonly actions: readonly { readonly kind: string }[];
  }[];
}

/** tsync that runs: what it printed so far, and its end. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CommandResult>;
  /** Resolves when the standard output so far matches; rejects when tsync ends before that. */
  readonly printed: (pattern: RegExp) => Promise<void>;
}

/** A person with a home and a store of their own, who calls tsync as it is called in a shell without a terminal. */
export class Operator {
  readonly home = mkdtempSync(join(tmpdir(), 'tsync-lab-home-'));
  private readonly running = new Set<Running['child']>();
  private readonly top: string;

  /** `top`: the work tree whose tsync is called. */
  constructor(top = TOP) {
    this.top = top;
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 });
  }

  /** Writes a file into the home; gives its path. */
  write(name: string, text: string): string {
    const file = join(this.home, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      LANG: 'C.UTF-8',
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
      ...variables,
    };
    const child = spawn(process.execPath, [join(this.top, 'bin/tsync.js'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const ended = new Promise<CommandResult>((resolve) => {
      child.on('close', (code, signal) => {
        this.running.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    const printed = (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => pattern.test(stdout) && resolve();
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`tsync ended before it printed ${pattern}:\n${stdout}\n${stderr}`)));
        look();
      });
    return { child, ended, printed };
  }

  tsync(...args: string[]): Promise<CommandResult> {
    return this.start(args).ended;
  }

  /** Calls tsync with `--json` and expects this exit code: the document that it printed. */
  async expectRun(code: number, ...args: string[]): Promise<RunDocument> {
    const result = await this.tsync(...args, '--json');
    if (result.code !== code) {
      const { stdout, stderr } = result;
      throw new Error(
        `tsync ${args.join(' ')} ended with ${result.code} and not ${code}\n${stderr}\n${storyOf(stdout)}`,
      );
    }
    return JSON.parse(result.stdout) as RunDocument;
  }

  /** Ends what still runs, and forgets everything. */
  close(): void {
    for (const child of this.running) child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Expects these outcomes, host by host; where they are others, the message says what happened on each host. */
export function expectOutcomes(document: RunDocument, outcomes: readonly string[]): void {
  expect(outcomesOf(document), told(document)).toEqual(outcomes);
}

export const outcomesOf = (document: RunDocument): readonly string[] => document.hosts.map(({ outcome }) => outcome);

const told = ({ hosts }: RunDocument) =>
  hosts
    .map(({ host, outcome, problem, findings }) => {
      const open = findings.filter(({ status, waived }) => status !== 'in-sync' && waived === null);
      return [`${host}: ${outcome}`, ...(problem ? [problem] : []), ...open]
        .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
        .join('\n  ');
    })
    .join('\n');

/** A document of many pages as one line a host; other text as it is. */
function storyOf(stdout: string): string {
  try {
    return told(JSON.parse(stdout));
  } catch {
    return stdout;
  }
}
