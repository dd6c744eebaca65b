import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import type { Event, EventBody, RunKind } from '#run/event.js';
import { openStore } from '#store/open-store.js';
import { assessed, drift, eventsOf, fileChange, finished, plan, runStarted } from '../run/made-run.js';
import { applyEvents } from './apply-events.js';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tsync-store-'));
  folder = join(home, 'state', 'tsync');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function codeOf(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    if (error instanceof TsyncError) return error.problem.code;
    throw error;
  }
  return 'nothing was thrown';
}

function detailOf(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

function started(run: string, kind: RunKind = 'audit'): Event {
  return { ...eventsOf([{ ...runStarted(kind, ['a', 'b']), run } as EventBody])[0]! };
}

const FINISH: Event = { type: 'run-finished', exitCode: 2, at: '2026-11-22T10:00:09.000Z', sequence: 9 };
const BEGUN: Event = {
  type: 'apply-started',
  host: 'a',
  transaction: 't',
  planDigest: 'd',
  guardSeconds: 240,
  at: '2026-11-22T10:00:05.000Z',
  sequence: 5,
};

describe('what is kept', () => {
  test('events come back as they were, plans with their bytes too', () => {
    const change = fileChange('/etc/chrony/chrony.conf', 'pool a\n', 'pool b\u0000\u001b\n');
    const events = eventsOf([
      runStarted('run', ['a']),
      assessed(plan('a', { changes: [change], findings: [drift(change)] })),
      finished('a', 'changed'),
    ]);
    const run = '20261122T100000-k3f9';
    const store = openStore(folder);
    for (const event of events) store.append(run, event);
    store.close();
    const again = openStore(folder, { access: 'read' });
    expect([...again.events(run)]).toEqual(events);
    again.close();
  });

  test('a run is listed with how it ended', () => {
    const store = openStore(folder);
    store.append('r1', started('r1', 'run'));
    store.append('r1', BEGUN);
    store.append('r1', FINISH);
    expect(store.runs()).toEqual([
      {
        run: 'r1',
        kind: 'run',
        who: 'ada@bastion',
        version: '0.1.0',
        inventory: 'inventory.yaml',
        of: null,
        hosts: 2,
        touched: 1,
        startedAt: '2026-11-22T10:00:00.000Z',
        end: { state: 'finished', at: '2026-11-22T10:00:09.000Z', exitCode: 2 },
      },
    ]);
    store.close();
  });

  test('the newest run comes first, and filters choose', () => {
    const store = openStore(folder);
    for (const run of ['r1', 'r2', 'r3']) store.append(run, started(run, run === 'r2' ? 'apply' : 'audit'));
    store.append('r2', BEGUN);
    const names = (filter: Parameters<typeof store.runs>[0]) => store.runs(filter).map((record) => record.run);
    expect(names({})).toEqual(['r3', 'r2', 'r1']);
    expect(names({ kinds: ['audit'] })).toEqual(['r3', 'r1']);
    expect(names({ kinds: [] })).toEqual([]);
    expect(names({ touched: true })).toEqual(['r2']);
    expect(names({ limit: 1 })).toEqual(['r3']);
    store.close();
  });

  test('a run is found by its id, the beginning of it, or as the latest', () => {
    const store = openStore(folder);
    for (const run of ['2026-a1', '2026-a12', '2026-b1']) store.append(run, started(run));
    expect(store.findRun('2026-b').run).toBe('2026-b1');
    expect(store.findRun('2026-a1').run).toBe('2026-a1');
    expect(store.findRun('latest').run).toBe('2026-b1');
    expect(codeOf(() => store.findRun('2026-a'))).toBe('store/ambiguous-run');
    expect(codeOf(() => store.findRun('2027'))).toBe('store/no-such-run');
    expect(codeOf(() => store.findRun(''))).toBe('store/no-such-run');
    expect(codeOf(() => store.findRun('latest', { touched: true }))).toBe('store/no-such-run');
    store.close();
  });

  test('an event of a run that was never started is refused', () => {
    const store = openStore(folder);
    expect(codeOf(() => store.append('r1', BEGUN))).toBe('internal/bug');
    expect(codeOf(() => store.close())).toBe('internal/bug');
  });

  test('the newest 500 runs that changed nothing are kept, and every run that began a change', () => {
    const store = openStore(folder);
    store.append('r0', started('r0', 'run'));
    store.append('r0', BEGUN);
    for (let index = 1; index <= 502; index++) store.append(`r${index}`, started(`r${index}`));
    const kept = store.runs().map((record) => record.run);
    expect(kept).toHaveLength(501);
    expect(kept.slice(-2)).toEqual(['r3', 'r0']);
    expect([...store.events('r0')]).toHaveLength(2);
    expect([...store.events('r2')]).toEqual([]);
    store.close();
  });

  test('nothing is lost when it is closed before the delay is over', () => {
    const store = openStore(folder);
    store.append('r1', started('r1'));
    store.append('r1', { type: 'host-connecting', host: 'a', at: FINISH.at, sequence: 2 });
    store.close();
    expect([...openStore(folder).events('r1')]).toHaveLength(2);
  });

  test('events that may wait are on the disk soon, without another call', async () => {
    const store = openStore(folder);
    store.append('r1', started('r1'));
    store.append('r1', { type: 'host-connecting', host: 'a', at: FINISH.at, sequence: 2 });
    const other = openStore(folder, { access: 'read' });
    expect([...other.events('r1')]).toHaveLength(1);
    await expect.poll(() => [...other.events('r1')].length, { timeout: 5000 }).toBe(2);
    other.close();
    store.close();
  });
});

describe('who may read it', () => {
  test('the folder is 0700 and every file 0600, whatever the umask', () => {
    const before = process.umask(0);
    const store = openStore(folder);
    store.append('r1', started('r1'));
    process.umask(before);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes.length).toBeGreaterThan(1);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    store.close();
  });

  test('a folder that others could read is closed to them', () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    openStore(folder).close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('two processes', () => {
  test('write at the same time, and nothing is lost', async () => {
    const runs = ['r1', 'r2', 'r3'];
    await Promise.all(runs.map((run) => child(run, 100).ended));
    const store = openStore(folder, { access: 'read' });
    for (const run of runs) expect([...store.events(run)]).toEqual([...applyEvents(run, 100)]);
    store.close();
  });

  test('a process that is killed loses nothing that it was told is stored', async () => {
    const { process: writer, ended } = child('r1');
    let printed = '';
    writer.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.length > 200) writer.kill('SIGKILL');
    });
    await ended;
    const acknowledged = printed.split('\n').slice(0, -1).map(Number);
    const store = openStore(folder);
    const stored = [...store.events('r1')].map((event) => event.sequence);
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(store.runs()[0]?.end).toEqual({ state: 'interrupted' });
    store.close();
  });

  test('a run whose process lives is running', () => {
    const store = openStore(folder);
    store.append('r1', started('r1'));
    expect(openStore(folder, { access: 'read' }).runs()[0]?.end).toEqual({ state: 'running' });
    store.close();
  });

  test('a writer that waited long enough says that the store is in use', () => {
    openStore(folder).close();
    const holder = new DatabaseSync(join(folder, 'tsync.db'));
    holder.exec('begin immediate');
    expect(codeOf(() => openStore(folder, { busyTimeoutMs: 50 }))).toBe('store/busy');
    const reader = openStore(folder, { access: 'read', busyTimeoutMs: 50 });
    expect(reader.runs()).toEqual([]);
    holder.close();
  });
});

describe('a file that cannot be used', () => {
  test('from a newer tsync', () => {
    openStore(folder).close();
    new DatabaseSync(join(folder, 'tsync.db')).exec('pragma user_version = 99');
    expect(codeOf(() => openStore(folder))).toBe('store/newer');
    expect(codeOf(() => openStore(folder, { access: 'read' }))).toBe('store/newer');
    expect(detailOf(() => openStore(folder))).toContain('version 99');
  });

  test('that is no database', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tsync.db'), 'not a database, but long enough to look like one'.repeat(20));
    expect(codeOf(() => openStore(folder))).toBe('store/corrupt');
    expect(detailOf(() => openStore(folder))).toContain(join(folder, 'tsync.db'));
  });

  test('whose pages were overwritten', () => {
    const store = openStore(folder);
    for (const event of applyEvents('r1', 200)) store.append('r1', event);
    store.close();
    const size = statSync(join(folder, 'tsync.db')).size;
    spawnSync('dd', [
      'if=/dev/urandom',
      `of=${folder}/tsync.db`,
      'bs=4096',
      'seek=1',
      `count=${size / 4096 - 1}`,
      'conv=notrunc',
    ]);
    const damaged = openStore(folder, { access: 'read' });
    expect(codeOf(() => [...damaged.events('r1')])).toBe('store/corrupt');
    damaged.close();
  });

  test('whose folder is a file', () => {
    writeFileSync(join(home, 'state'), '');
    expect(codeOf(() => openStore(folder))).toBe('store/not-writable');
  });

  test('with an event that cannot be read', () => {
    const store = openStore(folder);
    store.append('r1', started('r1'));
    store.close();
    new DatabaseSync(join(folder, 'tsync.db')).exec(`update events set body = '{}'`);
    expect(codeOf(() => [...openStore(folder).events('r1')])).toBe('run/event-unreadable');
  });
});

describe('reading', () => {
  test('without a store finds no runs and creates nothing', () => {
    const store = openStore(folder, { access: 'read' });
    expect(store.runs()).toEqual([]);
    expect([...store.events('r1')]).toEqual([]);
    store.close();
    expect(existsSync(folder)).toBe(false);
  });

  test('refuses to write', () => {
    openStore(folder).close();
    const store = openStore(folder, { access: 'read' });
    expect(codeOf(() => store.append('r1', started('r1')))).toBe('store/not-readable');
  });
});

describe.skipIf(!canMount())('a disk of its own', () => {
  let disk: string;
  beforeEach(() => {
    disk = join(home, 'disk');
    mkdirSync(disk);
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk);
  });
  afterEach(() => {
    spawnSync('umount', [disk]);
  });

  test('that is full stops the run with a clear error, and keeps what was stored', () => {
    const store = openStore(join(disk, 'tsync'));
    let stored = 0;
    const code = codeOf(() => {
      for (const event of applyEvents('r1', 100_000)) {
        store.append('r1', event);
        stored = event.sequence;
      }
    });
    expect(code).toBe('store/full');
    expect(codeOf(() => store.append('r1', FINISH))).toBe('store/full');
    expect(codeOf(() => store.close())).toBe('store/full');
    const again = openStore(join(disk, 'tsync'), { access: 'read' });
    expect([...again.events('r1')].map((event) => event.sequence)).toHaveLength(stored);
    again.close();
  });

  test('that is full from the beginning refuses a run before it starts', () => {
    spawnSync('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4096']);
    expect(codeOf(() => openStore(join(disk, 'tsync')).append('r1', started('r1')))).toBe('store/full');
  });

  test('that is read-only refuses writing, and can still be read', () => {
    const store = openStore(join(disk, 'tsync'));
    store.append('r1', started('r1'));
    store.close();
    mount('-o', 'remount,ro', disk);
    expect(codeOf(() => openStore(join(disk, 'tsync')))).toBe('store/not-writable');
    expect(codeOf(() => openStore(join(disk, 'other')))).toBe('store/not-writable');
    const reader = openStore(join(disk, 'tsync'), { access: 'read' });
    expect(reader.runs()).toHaveLength(1);
    reader.close();
  });
});

describe('forgetting runs', () => {
  test('takes them away with all their events, and leaves the others', () => {
    const store = openStore(folder);
    for (const run of ['a', 'b', 'c']) for (const event of applyEvents(run, 3)) store.append(run, event);
    store.forget(['a', 'c']);
    expect(store.runs().map(({ run }) => run)).toEqual(['b']);
    expect([...store.events('a')]).toEqual([]);
    expect([...store.events('b')].length).toBeGreaterThan(0);
    store.close();
  });
});

function child(run: string, count?: number) {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const words = ['--import', here('typescript-hooks.mjs'), here('writer.ts'), folder, run];
  const writer = spawn(process.execPath, count === undefined ? words : [...words, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { process: writer, ended: new Promise((resolve) => writer.on('close', resolve)) };
}

function mount(...words: string[]): void {
  const { status, stderr } = spawnSync('mount', words);
  if (status !== 0) throw new Error(stderr.toString());
}

/** Mounting needs root, and not every container has it. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'tsync-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}
