import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { KnownHostsFiles } from '#transport/known-hosts-files.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-known-hosts-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['the file', 0o666, 0o755],
  ['its folder', 0o644, 0o777],
])('known_hosts is not believed when everybody may write it: %s', async (_what, mode, ofFolder) => {
  const file = join(folder, 'ssh/known_hosts');
  mkdirSync(join(folder, 'ssh'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(join(folder, 'ssh'), 0o700);
  chmodSync(file, 0o644);
  await new KnownHostsFiles([file]).load();
  chmodSync(file, mode);
  chmodSync(join(folder, 'ssh'), ofFolder);
  await expect(new KnownHostsFiles([file]).load()).rejects.toMatchObject({
    problem: { code: 'transport/known-hosts' },
  });
});
