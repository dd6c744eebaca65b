import { spawnSync } from 'node:child_process';
import {
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
import { dirname, join } from 'node:path';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import { assess } from '#plan/assess.js';
import { type AppliedPlan, applyProgram } from '#transaction/apply-program.js';
import type { RecordedChange } from '#transaction/image-record.js';
import { imageUndoProgram } from '#transaction/image-undo.js';
import { verifyProgram } from '#transaction/verify-program.js';
import { BOOTSTRAP, bootstrapInput } from '#transport/bootstrap.js';
import { withSettings } from '../plan/made-hosts.js';
import { MARKS, runProbe } from '../probe/run-probe.js';
import { TEXTS } from '../transaction/fake-host.js';
import { FILES, LINKS } from './tree-files.js';

export class MadeTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsync image '));
  readonly root = join(this.folder, 'tree');

  constructor() {
    for (const [path, text] of Object.entries(FILES)) this.write(path, text);
    for (const [path, target] of Object.entries(LINKS)) this.link(path, target);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Everything in the tree: path, kind, mode, and content or target. */
  state(): string {
    const walk = (folder: string): string[] =>
      readdirSync(folder)
        .toSorted()
        .flatMap((name) => {
          const path = join(folder, name);
          const { mode } = lstatSync(path);
          const line = `${path.slice(this.root.length)} ${mode.toString(8)}`;
          if (lstatSync(path).isSymbolicLink()) return [`${line} -> ${readlinkSync(path)}`];
          return lstatSync(path).isDirectory() ? [line, ...walk(path)] : [`${line} ${readFileSync(path, 'latin1')}`];
        });
    return walk(this.root).join('\n');
  }

  get parameters(): readonly string[] {
    return [`root=${this.root}/`, 'image=yes', 'platform=azure'];
  }

  facts(shell: readonly string[], more: readonly string[] = []): Facts {
    return factsOf(runProbe(shell, [...this.parameters, ...more]).snapshot);
  }

  plan(facts: Facts, settings: Parameters<typeof withSettings>[0] = PTP_AND_NTP) {
    return assess({
      host: 'image',
      facts,
      settings: withSettings(settings),
      snapshotDigest: 'd',
      today: '2026-11-22',
    });
  }

  /** Steps that the apply program printed. */
  apply(shell: readonly string[], plan: AppliedPlan, transaction: string, before = ''): readonly string[] {
    const meta = { run: 'run1', who: 'me@bastion', version: '0', startedAt: '2026-11-22T10:00:00Z', guardSeconds: 240 };
    return this.#run(
      shell,
      applyProgram(TEXTS, plan, { ...meta, transaction }, 'image'),
      [`transaction=${transaction}`],
      before,
    );
  }

  /** Takes an open transaction back, as this tsync does where it knows what was changed. */
  undo(shell: readonly string[], changes: readonly RecordedChange[], transaction: string): readonly string[] {
    const meta = { run: 'run2', who: 'me@bastion', version: '0', startedAt: '2026-11-22T11:00:00Z', transaction };
    return this.#run(shell, imageUndoProgram(TEXTS, 'image', changes, meta), [`transaction=${transaction}`], '');
  }

  settle(shell: readonly string[], requests: string): readonly string[] {
    return this.#run(shell, verifyProgram(TEXTS), [], requests);
  }

  #run(
    shell: readonly string[],
    program: Uint8Array,
    parameters: readonly string[],
    requests: string,
  ): readonly string[] {
    const [command = 'sh', ...options] = shell;
    const begin = bootstrapInput(MARKS, [...this.parameters, ...parameters], program);
    const { stdout } = spawnSync(command, [...options, '-c', BOOTSTRAP, 'tsync', MARKS.token, String(program.length)], {
      input: Buffer.concat([begin, Buffer.from(requests)]),
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      timeout: 60_000,
    });
    return new FrameReader(MARKS, knownSections('settle'))
      .push(stdout)
      .flatMap((frame) => (frame.type === 'step' ? [`${frame.id} ${frame.state}`] : []));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const PTP_AND_NTP = {
  strategy: 'ptp+ntp',
  ntpServers: [
    {
      address: '192.0.2.1',
      pool: false,
      iburst: true,
      nts: false,
      prefer: false,
      trust: false,
      minpoll: null,
      maxpoll: null,
      key: null,
    },
  ],
} as const;
