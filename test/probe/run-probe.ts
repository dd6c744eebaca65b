import { spawnSync } from 'node:child_process';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import { loadPrograms } from '#engine/programs.js';
import type { Snapshot } from '#snapshot/snapshot.js';
import { BOOTSTRAP, bootstrapInput } from '#transport/bootstrap.js';

export const NONCE = '0123456789abcdef0123456789abcdef';
const TOKEN = 'fedcba9876543210fedcba9876543210';
export const MARKS = { token: TOKEN, nonce: NONCE, prompt: '' } as const;

/** In the environment of every program that this process runs, so that what it leaves behind can be found. */
export const MARK = ['PROBE_TEST', `of ${process.pid} ${performance.timeOrigin}`] as const;

export const { probe: program, texts } = loadPrograms();

export interface ProbeRun {
  readonly snapshot: Snapshot;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs the probe under a shell as a host would, with the environment of a login of nobody in particular. */
export function runProbe(shell: readonly string[], parameters: readonly string[], text = program): ProbeRun {
  const [command = 'sh', ...options] = shell;
  const { stdout, stderr } = spawnSync(command, [...options, '-c', BOOTSTRAP, 'tsync', TOKEN, String(program.length)], {
    input: Buffer.concat([bootstrapInput(MARKS, parameters, text), Buffer.from('t 1\nt 2\ngo\n')]),
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', [MARK[0]]: MARK[1] },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { snapshot: readConversation(stdout), stdout, stderr: stderr.toString() };
}

export function readConversation(bytes: Uint8Array): Snapshot {
  const reader = new FrameReader(MARKS, knownSections('settle'));
  const frames = reader.push(bytes);
  if (reader.violation !== null) throw new Error(reader.violation);
  return collectSnapshot(frames, null);
}
