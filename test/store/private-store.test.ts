import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { openStore } from '#store/open-store.js';
import { planKey } from '#store/plan-key.js';

const asRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

let room = '';
let folder = '';
const before = process.umask();
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'tsync-private-store-'));
  folder = join(room, 'state/tsync');
  process.umask(0);
});
afterEach(() => {
  process.umask(before);
  rmSync(room, { recursive: true });
});

const modeOf = (file: string) => (lstatSync(file).mode & 0o777).toString(8);

function codeOf(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    if (error instanceof TsyncError) return error.problem.code;
    throw error;
  }
  return 'done';
}

const open = (access: 'read' | 'write' = 'write') => codeOf(() => openStore(folder, { access }).close());

describe('the store', () => {
  it('is made private whatever the umask, and whoever made the folder open before', () => {
    mkdirSync(folder, { recursive: true, mode: 0o777 });
    chmodSync(join(room, 'state'), 0o755);
    expect(open()).toBe('done');
    expect([modeOf(folder), modeOf(join(folder, 'tsync.db'))]).toEqual(['700', '600']);
  });

  it('is refused below a folder that everybody may write, for reading too', () => {
    expect(open()).toBe('done');
    chmodSync(join(room, 'state'), 0o777);
    const key = codeOf(() => planKey(folder, { make: false }));
    expect([open(), open('read'), key]).toEqual(Array(3).fill('store/open-to-others'));
  });

  it('is not a file that a link leads to', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(join(room, 'state'), 0o755);
    writeFileSync(join(room, 'other.db'), '', { mode: 0o600 });
    symlinkSync(join(room, 'other.db'), join(folder, 'tsync.db'));
    expect(open()).toBe('store/open-to-others');
  });

  it.runIf(asRoot)('is refused when the folder, the file or its log is another account`s', () => {
    expect(open()).toBe('done');
    chownSync(join(folder, 'tsync.db'), NOBODY, NOBODY);
    expect([open(), open('read')]).toEqual(['store/open-to-others', 'store/open-to-others']);
    chownSync(join(folder, 'tsync.db'), 0, 0);
    writeFileSync(join(folder, 'tsync.db-wal'), '');
    chownSync(join(folder, 'tsync.db-wal'), NOBODY, NOBODY);
    expect(open()).toBe('store/open-to-others');
    rmSync(join(folder, 'tsync.db-wal'));
    chownSync(folder, NOBODY, NOBODY);
    expect(open()).toBe('store/open-to-others');
  });
});

describe('the key of plan files', () => {
  it('is made once, for its owner only', () => {
    mkdirSync(join(room, 'state'), { mode: 0o755 });
    expect(planKey(folder, { make: false })).toBe(null);
    const key = planKey(folder, { make: true });
    expect(key).toHaveLength(32);
    expect([modeOf(folder), modeOf(join(folder, 'plan.key'))]).toEqual(['700', '600']);
    expect(planKey(folder, { make: true })).toEqual(key);
    expect(planKey(folder, { make: false })).toEqual(key);
  });

  it('is refused when others may write it, or it is no key', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(join(room, 'state'), 0o755);
    writeFileSync(join(folder, 'plan.key'), 'short', { mode: 0o600 });
    expect(codeOf(() => planKey(folder, { make: false }))).toBe('store/not-readable');
    chmodSync(join(folder, 'plan.key'), 0o602);
    expect(codeOf(() => planKey(folder, { make: true }))).toBe('store/open-to-others');
  });
});
