import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TsyncError } from '#errors/tsync-error.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import { readInventory } from '#sources/read-inventory.js';
import { readPlaybook } from '#sources/read-playbook.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-load-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'files'));
const latin1 = Buffer.from([0x23, 0xe4, 0x0a]);
writeFileSync(join(folder, 'files/a.conf'), latin1);
writeFileSync(join(folder, 'large'), Buffer.alloc(65_537, 'x'));
writeFileSync(join(folder, 'binary'), Buffer.from([1, 0, 1]));
const outside = mkdtempSync(join(tmpdir(), 'tsync-outside-'));
afterAll(() => rmSync(outside, { recursive: true }));
writeFileSync(join(outside, 'a.conf'), 'x');
symlinkSync(join(outside, 'a.conf'), join(folder, 'link-out'));
symlinkSync(outside, join(folder, 'folder-out'));
symlinkSync(`../${basename(outside)}/a.conf`, join(folder, 'relative-out'));
symlinkSync('files', join(folder, 'inside'));
mkdirSync(join(folder, 'open'));
writeFileSync(join(folder, 'open/a.conf'), 'x');
writeFileSync(join(folder, 'open.conf'), 'x');
chmodSync(join(folder, 'open'), 0o777);
chmodSync(join(folder, 'open.conf'), 0o666);
execFileSync('mkfifo', [join(folder, 'fifo')]);

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const playbook = (src: string) =>
  readPlaybook(written('p.yaml', `- hosts: all\n  resources:\n  - file: /etc/a\n    src: ${src}\n`));

describe('files that a playbook names', () => {
  it('are read beside it, byte for byte', async () => {
    const inventory = await readInventory(written('i.yaml', 'all: {hosts: {h: }}'));
    const resolved = resolveSettings(inventory.hosts.get('h')!, inventory, await playbook('files/a.conf'), null);
    const [file] = resolved?.settings.resources ?? [];
    expect(file?.kind === 'file' && file.bytes && Buffer.from(file.bytes)).toEqual(latin1);
  });

  it('are read for settings in an inventory too', async () => {
    const text = 'all:\n  vars: {tsync: {resources: [{file: /etc/a, src: files/a.conf}]}}\n  hosts: {h: , g: }\n';
    const inventory = await readInventory(written('i2.yaml', text));
    for (const host of inventory.hosts.values()) {
      const [file] = resolveSettings(host, inventory, null, null)?.settings.resources ?? [];
      expect(file?.kind === 'file' && file.bytes?.length).toBe(3);
    }
  });

  it('may be reached by a link that stays in the folder', async () => {
    expect((await playbook('inside/a.conf')).plays).toHaveLength(1);
  });

  it.each([
    ['nowhere', 'source/missing'],
    ['../p.yaml', 'source/unreadable'],
    ['/etc/passwd', 'source/unreadable'],
    ['files', 'source/unreadable'],
    ['fifo', 'source/unreadable'],
    ['large', 'source/too-large'],
    ['binary', 'source/not-text'],
    ['link-out', 'source/unreadable'],
    ['folder-out/a.conf', 'source/unreadable'],
    ['relative-out', 'source/unreadable'],
    ['open/a.conf', 'source/open-to-others'],
    ['open.conf', 'source/open-to-others'],
  ])('are refused as %s: %s, with the line', async (src, code) => {
    const error = await playbook(src).then(
      () => null,
      (cause: TsyncError) => cause,
    );
    expect([error?.problem.code, error?.exitCode, error?.place?.line]).toEqual([code, 65, 4]);
  });
});
