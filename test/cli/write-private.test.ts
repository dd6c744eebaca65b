import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePrivate } from '../../src/cli/write-private.js';

let folder = '';
const before = process.umask();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync-private-'));
  process.umask(0);
});
afterEach(() => {
  process.umask(before);
  rmSync(folder, { recursive: true });
});

const modeOf = (file: string) => (lstatSync(file).mode & 0o777).toString(8);

describe('a private file', () => {
  it('is its owner`s alone when it is new, whatever the umask', async () => {
    await writePrivate(join(folder, 'p.json'), 'text');
    expect(modeOf(join(folder, 'p.json'))).toBe('600');
  });

  it.each([0o644, 0o666, 0o400])('is its owner`s alone in the place of a file of mode %o', async (mode) => {
    const file = join(folder, 'p.json');
    writeFileSync(file, 'old');
    chmodSync(file, mode);
    await writePrivate(file, 'text');
    expect([modeOf(file), readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['600', 'text', ['p.json']]);
  });

  it('is not seen by who has the file open that was there before', async () => {
    const file = join(folder, 'p.json');
    writeFileSync(file, 'old');
    const open = openSync(file, 'r');
    await writePrivate(file, 'secret');
    const seen = Buffer.alloc(20);
    expect(seen.toString('utf8', 0, readSync(open, seen, 0, 20, 0))).toBe('old');
    closeSync(open);
  });

  it('is made private before anything is in it where a link leads to it', async () => {
    const file = join(folder, 'p.json');
    writeFileSync(file, 'something long', { mode: 0o644 });
    symlinkSync(file, join(folder, 'link'));
    await writePrivate(join(folder, 'link'), 'text');
    expect([modeOf(file), readFileSync(file, 'utf8')]).toEqual(['600', 'text']);
  });

  it('goes through a pipe', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = openSync(fifo, 'r+');
    await writePrivate(fifo, 'text');
    const seen = Buffer.alloc(20);
    expect(seen.toString('utf8', 0, readSync(reader, seen, 0, 20, null))).toBe('text');
    expect(lstatSync(fifo).isFIFO()).toBe(true);
    closeSync(reader);
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await expect(writePrivate(join(folder, 'missing/p.json'), 'text')).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});
