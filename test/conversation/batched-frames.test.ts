import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NONCE, texts } from '../probe/run-probe.js';
import { SHELLS } from '../shells.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-batched-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program's own lines after the shared functions, with its output in a file, and gives what it printed. */
function printed(shell: readonly string[], lines: string): string {
  const file = join(folder, 'output');
  const output = openSync(file, 'w');
  const [command = 'sh', ...options] = shell;
  const program = `${texts.conversation}\nread_parameters ${NONCE} 0\noutput=${file}\n${lines}`;
  const { stderr, status } = spawnSync(command, [...options, '-c', program], {
    stdio: ['ignore', output, 'pipe'],
    env: { PATH: '/usr/bin:/bin', batched: 'from the environment' },
    timeout: 60_000,
  });
  closeSync(output);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return readFileSync(file, 'utf8');
}

const sections = (text: string) => [...text.matchAll(/^@[0-9a-f]{32} section \S+ (\S+)/gm)].map(([, name]) => name);

describe.each(Object.entries(SHELLS))('sections that a probe keeps, under %s', (_name, shell) => {
  it('come in one write where they are small', () => {
    const text = printed(
      shell,
      `writes=0
      echo() { writes=$((writes + 1)); command echo "$1"; }
      batch=yes
      for at in 1 2 3 4 5 6 7 8 9; do frame values "part$at" ok "line $at$newline"; done
      print_batched
      command echo "$writes writes"`,
    );
    expect(sections(text)).toEqual(Array.from({ length: 9 }, (_, at) => `part${at + 1}`));
    expect(text).toMatch(/^1 writes$/m);
  });

  it('are there before a command begins, in their order, also around what holds a backslash', () => {
    const text = printed(
      shell,
      `batch=yes
      frame values before ok "one$newline"
      section seen cat "$output"
      frame values backslash ok 'a\\b'
      frame values after ok "two$newline"
      batch=''
      print_batched`,
    );
    expect(sections(text)).toEqual(['before', 'seen', 'before', 'backslash', 'after']);
  });

  it('never leave the shell through the environment, in which they might have been before', () => {
    const text = printed(shell, `batch=yes\nframe values one ok x\nenv\nprint_batched`);
    expect(text).not.toMatch(/^batched=/m);
  });
});
