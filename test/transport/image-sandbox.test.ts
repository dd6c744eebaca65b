import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '#inventory/host.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import type { ImageAccess } from '#transport/connection.js';
import { localTransport } from '#transport/local-transport.js';

/** Where root may make namespaces; an ordinary user and many containers may not. */
const canEnclose =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', '--net', '--propagation', 'private', 'true']).status === 0;

let folder: string;
let root: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsync enclosed '));
  chmodSync(folder, 0o755);
  root = join(folder, "it's a tree");
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'within'));
  writeFileSync(join(root, 'program'), '#!/bin/sh\necho executed\n', { mode: 0o4755 });
  writeFileSync(join(root, 'stat'), `#!/bin/sh\ntouch '${folder}/PWNED'\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'secret'), 'secret\n');
  symlinkSync(join(folder, 'secret'), join(root, 'out'));
  symlinkSync(`/proc/1/root${folder}/secret`, join(root, 'around'));
  symlinkSync('/etc/shadow', join(root, 'shadow'));
  if (canEnclose) execFileSync('mknod', [join(root, 'zero'), 'c', '1', '5']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function enclosure(access: ImageAccess, path = root): Promise<string> {
  const inventory = parseInventory(`all: {hosts: {h: {ansible_connection: local, root: "${path}"}}}`, 'i.yaml');
  const connection = await localTransport.connect(inventory.hosts.get('h') as Host, {
    signal: new AbortController().signal,
    onRetry: () => {},
  });
  return connection.enclosure?.(access) ?? '';
}

function run(enclosed: string, command: string, as: readonly string[] = []) {
  const [first = 'sh', ...rest] = [...as, 'sh', '-c', `${enclosed}sh -c '${command}'`];
  const { stdout, stderr, status } = spawnSync(first, rest, {
    encoding: 'utf8',
    env: { PATH: '.:/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  return { stdout, stderr, status };
}

describe.runIf(canEnclose)('work on an image tree', () => {
  it('is enclosed: a link out leads nowhere, nothing is executed, no device is one, there is no network', async () => {
    const { stdout } = run(
      await enclosure('read'),
      'cd /image; ls; for f in out around shadow; do cat $f && echo READ $f; done; ./program; head -c 1 zero && echo DEVICE; echo x >etc/x; cat /proc/net/dev | grep -c :; echo $TSYNC_SANDBOX; ls /root /home /var /run 2>/dev/null; mount -t tmpfs x /tmp && echo MOUNTED; chroot /image /program',
    );
    expect(stdout).toBe('around\netc\nout\nprogram\nshadow\nstat\nwithin\nzero\n1\nyes\n');
    expect(existsSync(join(root, 'etc/x'))).toBe(false);
    expect(existsSync(join(folder, 'PWNED'))).toBe(false);
  });

  it('may write into the tree where it is to, with an owner of any name, and nowhere else', async () => {
    const { stdout } = run(
      await enclosure('write'),
      'echo x >/image/etc/x && chown 1234:5 /image/etc/x && chmod 600 /image/etc/x && stat -c %u:%g:%a /image/etc/x; rm /image/etc/x; touch /usr/x /etc/../usr/lib/x || echo not; echo 1 >/proc/sys/vm/swappiness || echo not',
    );
    expect(stdout).toBe('1234:5:600\nnot\nnot\n');
  });

  it('restricts what is mounted in the tree too, and leaves its /proc out', async () => {
    const script = `
      mkdir -p "$1/proc" && mount -t proc proc "$1/proc" && mount -t tmpfs t "$1/within" && echo "echo executed" >"$1/within/program" && chmod 755 "$1/within/program"
      eval "$2"`;
    const command = `${await enclosure('read')}sh -c 'ls /image/proc; cat /image/within/program; /image/within/program; touch /image/within/x || echo not'`;
    const { stdout } = spawnSync(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', root, command],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout).toBe('echo executed\nnot\n');
  });

  it('takes the folder that is there when it begins, and not one that comes into its place', async () => {
    const enclosed = await enclosure('read', join(folder, 'link'.padEnd(4))).catch(() => null);
    expect(enclosed).toBeNull();
    symlinkSync(root, join(folder, 'moving'));
    const words = await enclosure('read', join(folder, 'moving'));
    rmSync(join(folder, 'moving'));
    symlinkSync('/', join(folder, 'moving'));
    const { stdout, stderr, status } = run(words, 'ls /image');
    expect({ stdout, status }).toEqual({ stdout: '', status: 96 });
    expect(stderr).toContain('it is the running system itself');
  });

  it('goes on with its own checks alone as an ordinary user', async () => {
    const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    const { stdout } = run(await enclosure('read'), 'echo "[$TSYNC_SANDBOX]"; id -u', as);
    expect(stdout).toBe('[]\n65534\n');
    expect(existsSync(join(folder, 'PWNED'))).toBe(false);
  });
});
