import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyProgram } from '#transaction/apply-program.js';
import { ALL_TESTS, SH, SHELLS } from '../shells.js';
import { everyKind, furnish, META } from './every-kind.js';
import { FakeHost, TEXTS } from './fake-host.js';

// The kill matrix: the program is ended by SIGKILL in place of every command that it runs (each step of the journal lies between
// two of these), and then the guard does its work. Whatever was reached, the host must be as before.

const ID = META.transaction;
const KILL_POINT = fileURLToPath(new URL('./killers/kill-point', import.meta.url));
/** Every command of the system that changes something or that a decision rests on. */
const COMMANDS = [
  'cp',
  'mv',
  'rm',
  'mkdir',
  'rmdir',
  'chmod',
  'chown',
  'ln',
  'cksum',
  'stat',
  'readlink',
  'grep',
  'sort',
  'sync',
  'dd',
  'head',
  'timeout',
];
const program = applyProgram(TEXTS, everyKind, META);

let host: FakeHost;
let path: string;
let before: string;

function furnishAgain(): void {
  host?.remove();
  host = new FakeHost();
  furnish(host);
  path = join(host.folder, 'killers');
  mkdirSync(path);
  for (const command of COMMANDS) symlinkSync(KILL_POINT, join(path, command));
  before = host.state();
}

const count = () => readFileSync(join(host.folder, 'count'), 'utf8').length;
const countAnew = () => rmSync(join(host.folder, 'count'), { force: true });

/** What the host's timers would do now, unless the first has disarmed the second; without one nothing was changed yet. */
function fireGuards(shell: readonly string[]): void {
  for (const timer of host.armedGuards()) {
    rmSync(join(host.active, timer), { force: true });
    host.undo(shell, ID);
  }
}

/** As before, and nothing of the transaction left behind but its own folder. */
function expectBefore(point: number): void {
  expect(host.state(), `killed at command ${point}`).toBe(before);
  expect(['', 'reverted'], `state when killed at command ${point}`).toContain(host.transactionState(ID));
}

beforeEach(furnishAgain);
afterEach(() => host.remove());

// A spread of the points, another for each shell; all of them, for a quarter of an hour, with TSYNC_KILL_MATRIX=full.
const STRIDE = process.env.TSYNC_KILL_MATRIX === 'full' ? 1 : ALL_TESTS ? 29 : 97;

describe.each(Object.entries(SHELLS).map(([name, shell], index) => ({ name, shell, first: 1 + 4 * index })))(
  'under $name',
  ({ shell, first }) => {
    it('is as before, wherever the apply program is killed', { timeout: 1_200_000 }, () => {
      host.run(shell, program, { path });
      const points = count();
      expect(points).toBeGreaterThan(100);
      for (let point = STRIDE === 1 ? 1 : first; point <= points; point += STRIDE) {
        furnishAgain();
        expect(host.run(shell, program, { path, killAt: point }).output).not.toMatch(/^@\S+ done$/m);
        fireGuards(shell);
        expectBefore(point);
      }
    });

    it('is as before, wherever the undo is killed and then run again', { timeout: 1_200_000 }, () => {
      host.run(shell, program);
      host.undo(shell, ID, 'guard', { path });
      const points = count();
      expect(points).toBeGreaterThan(50);
      for (let point = STRIDE === 1 ? 1 : first; point <= points; point += STRIDE) {
        furnishAgain();
        host.run(shell, program);
        countAnew();
        host.undo(shell, ID, 'guard', { path, killAt: point });
        host.undo(shell, ID);
        expectBefore(point);
      }
    });
  },
);

it('is as before when the state could not be written by an undo that was killed', () => {
  host.run(SH, program);
  writeFileSync(host.path(`var/lib/tsync/tx/${ID}/state`), 'reverting\n');
  host.undo(SH, ID);
  expectBefore(0);
  expect(readdirSync(host.path('var/lib/tsync'))).toEqual(['tx']);
});
