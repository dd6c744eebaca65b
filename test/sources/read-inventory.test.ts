import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '#sources/read-inventory.js';
import { readPlaybook } from '#sources/read-playbook.js';
import { readText } from '#sources/read-text.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsync-sources-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

function mistake(code: string): unknown {
  return expect.objectContaining({ name: 'TsyncError', exitCode: 65, problem: expect.objectContaining({ code }) });
}

describe('readInventory', () => {
  it('reads a file', async () => {
    const inventory = await readInventory(await written('good.yaml', 'web: {hosts: {w1: }}'));
    expect([...inventory.hosts.keys()]).toEqual(['w1']);
  });

  it('checks the settings in it, with their place', async () => {
    const path = await written('typo.yaml', 'all:\n  vars:\n    tsync:\n      perfer: ntp\n  hosts: {a: }\n');
    await expect(readInventory(path)).rejects.toMatchObject({
      problem: { code: 'playbook/unknown-key' },
      place: { file: path, line: 4, column: 7 },
    });
  });

  it('says that a file is missing, also where its folder is a file', async () => {
    await expect(readInventory(join(folder, 'none.yaml'))).rejects.toEqual(mistake('source/missing'));
    await expect(readInventory(join(await written('file', ''), 'none.yaml'))).rejects.toEqual(
      mistake('source/missing'),
    );
  });

  it('says that a directory is no file', async () => {
    await expect(readInventory(folder)).rejects.toEqual(mistake('source/not-a-file'));
  });

  it('says that bytes are no UTF-8', async () => {
    await expect(readInventory(await written('latin1.yaml', new Uint8Array([0x61, 0x3a, 0xe4, 0x0a])))).rejects.toEqual(
      mistake('source/not-text'),
    );
  });

  it('reads no more than 64 MiB', async () => {
    const path = await written('large.yaml', '');
    const file = await open(path, 'r+');
    await file.truncate(64 * 1024 * 1024 + 1);
    await file.close();
    await expect(readInventory(path)).rejects.toEqual(mistake('source/too-large'));
  });

  it.each([
    ['the file', 0o666, 0o755],
    ['its folder', 0o644, 0o777],
  ])('refuses what everybody may write: %s', async (_what, mode, ofFolder) => {
    const path = await written('open/i.yaml', 'all: {hosts: {h: }}');
    await chmod(path, mode);
    await chmod(dirname(path), ofFolder);
    await expect(readInventory(path)).rejects.toEqual(mistake('source/open-to-others'));
    await expect(readPlaybook(path)).rejects.toEqual(mistake('source/open-to-others'));
    await expect(readText(path)).rejects.toEqual(mistake('source/open-to-others'));
  });

  it('accepts what a group may write: whoever is in it is an operator', async () => {
    const path = await written('team/i.yaml', 'all: {hosts: {h: }}');
    await chmod(path, 0o664);
    await chmod(dirname(path), 0o2775);
    expect((await readInventory(path)).hosts.size).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)('says that a file may not be read', async () => {
    const path = await written('secret.yaml', 'a: ');
    await chmod(path, 0);
    await expect(readInventory(path)).rejects.toEqual(mistake('source/unreadable'));
  });
});

describe('readPlaybook', () => {
  it('reads a file and names it in its mistakes', async () => {
    expect((await readPlaybook(await written('p.yaml', '- hosts: all'))).plays).toHaveLength(1);
    const path = await written('q.yaml', '- host: all');
    await expect(readPlaybook(path)).rejects.toMatchObject({
      problem: { code: 'playbook/unknown-key' },
      place: { file: path, line: 1, column: 3 },
    });
  });
});
