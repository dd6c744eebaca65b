import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseInventory } from '#inventory/parse-inventory.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import type { Event } from '#run/event.js';
import { type OpenRun, openRun } from '../../src/cli/open-run.js';

const inventory = parseInventory('all: {hosts: {web1: {}, web2: {}}}', 'inventory.yaml');
const tasks = [...inventory.hosts.values()].map((host) => ({
  host,
  settings: resolveSettings(host, inventory, null, null)!,
}));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync-store-failure-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A run whose store takes nothing any more, as a full disk does. */
async function unrecorded(): Promise<{ run: OpenRun; heard: string[] }> {
  const run = await openRun({ kind: 'run', tasks, inventory: 'inventory.yaml', store: true }, { forks: 1 });
  const heard: string[] = [];
  run.subscribe((event: Event) => heard.push(event.type));
  const other = new DatabaseSync(join(folder, 'tsync/tsync.db'));
  other.exec("create trigger no_room before insert on events begin select raise(abort, 'no room'); end");
  other.close();
  return { run, heard };
}

const applyStarted = (host: string) =>
  ({ type: 'apply-started', host, transaction: `t.${host}`, planDigest: 'd', guardSeconds: 60 }) as const;
const verdict = (host: string) =>
  ({ type: 'verdict', host, transaction: `t.${host}`, verdict: 'confirm', reason: 'proved' }) as const;
const never = { failOn: 'never', maxUnreachable: 0 } as const;

it('no host begins without a record, and what is in flight is settled without one', { timeout: 60_000 }, async () => {
  const { run, heard } = await unrecorded();
  expect(() => run.deps.emit(applyStarted('web1'))).toThrow();
  expect(heard).toEqual(['run-started', 'store-failed']);
  expect(run.deps.finishSignal.aborted).toBe(true);
  expect(run.deps.leaveSignal.aborted).toBe(false);
  run.deps.emit(verdict('web2'));
  expect(() => run.deps.emit(applyStarted('web2'))).toThrow();
  expect(heard).toEqual(['run-started', 'store-failed', 'verdict']);
  expect(run.state().storeProblem).not.toBeNull();
  expect(await run.finish(never)).toBe(1);
  expect(heard.at(-1)).toBe('run-finished');
  expect(run.state().exitCode).toBe(1);
});

it('a store that fails at the very end is an error too', { timeout: 60_000 }, async () => {
  const { run, heard } = await unrecorded();
  run.deps.emit({ type: 'host-connecting', host: 'web1' });
  expect(await run.finish(never)).toBe(1);
  expect(heard).toContain('store-failed');
});

it('a signal is heard when nothing can be recorded', { timeout: 60_000 }, async () => {
  const { run, heard } = await unrecorded();
  run.deps.emit(verdict('web1'));
  process.emit('SIGTERM');
  process.emit('SIGINT');
  expect(heard.filter((type) => type === 'run-interrupted')).toHaveLength(2);
  expect(run.deps.leaveSignal.aborted).toBe(true);
  await run.finish(never);
});
