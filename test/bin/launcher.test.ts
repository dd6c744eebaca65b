import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const asRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

let room = '';
let top = '';
let home = '';

/** A tsync of its own: the launcher as it is, and a program that says that it ran, with how many of its parts came from the cache. */
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'tsync-launcher-'));
  top = join(room, 'tsync');
  home = join(room, 'home');
  for (const folder of ['bin', 'dist/cli', `node_modules/node-linux-${process.arch}/bin`])
    mkdirSync(join(top, folder), { recursive: true, mode: 0o755 });
  mkdirSync(home, { mode: 0o755 });
  cpSync(fileURLToPath(new URL('../../bin', import.meta.url)), join(top, 'bin'), { recursive: true });
  writeFileSync(join(top, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(top, 'dist/cli/main.js'),
    "import { getCompileCacheDir } from 'node:module';\nconsole.log('ran', getCompileCacheDir() ?? 'uncached');\n",
  );
});
afterEach(() => rmSync(room, { recursive: true }));

const LAUNCH = 'umask "$1"; shift; exec "$@"';

function launch({ umask = '022', node = [] as readonly string[], ...more }: Record<string, unknown> = {}) {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', LAUNCH, 'sh', String(umask), process.execPath, ...(node as readonly string[]), join(top, 'bin/tsync.js')],
    { encoding: 'utf8', env: { HOME: home, PATH: process.env.PATH, ...more } },
  );
  return { status, stdout, stderr };
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe('the launcher', () => {
  it('runs what only root and this account may write', () => {
    expect(launch()).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['the program', 'tsync/dist/cli/main.js', 0o666],
    ['the folder of the program', 'tsync/dist/cli', 0o777],
    ['a folder above', 'tsync', 0o757],
    ['the folder of the packages', 'tsync/node_modules', 0o777],
    ['the launcher itself', 'tsync/bin/tsync.js', 0o646],
  ])('refuses to start when everybody may write %s', (_what, path, mode) => {
    chmodSync(join(room, path), mode);
    const { status, stdout, stderr } = launch();
    expect([status, stdout]).toEqual([69, '']);
    expect(stderr).toContain(`${path.split('/').at(-1)}: everybody may write it`);
  });

  it.runIf(asRoot)('refuses to start when the program is another account`s, or its group may write it', () => {
    chownSync(join(top, 'dist'), NOBODY, 0);
    expect(launch().stderr).toContain('dist: it belongs to nobody');
    expect(launch({ SUDO_UID: String(NOBODY) }).status).toBe(0);
    chownSync(join(top, 'dist'), 0, NOBODY);
    chmodSync(join(top, 'dist'), 0o775);
    expect(launch().stderr).toContain('dist: its group may write it');
    chownSync(join(top, 'dist'), 0, 0);
    expect(launch().status).toBe(0);
  });

  it('refuses to start when the program is reached by a link that everybody may turn', () => {
    renameSync(join(top, 'dist'), join(room, 'dist'));
    mkdirSync(join(room, 'open'));
    chmodSync(join(room, 'open'), 0o777);
    symlinkSync(join(room, 'dist'), join(room, 'open/dist'));
    symlinkSync('../open/dist', join(top, 'dist'));
    expect(launch().stderr).toContain('open: everybody may write it');
  });

  it('starts the Node of the lock where the one at hand is too old, and not when everybody may write that', () => {
    const pinned = join(top, `node_modules/node-linux-${process.arch}/bin/node`);
    writeFileSync(pinned, '#!/bin/sh\necho pinned\n', { mode: 0o755 });
    const old = join(room, 'old.cjs');
    writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });\n");
    expect(launch({ node: ['-r', old] })).toMatchObject({ status: 0, stdout: 'pinned\n' });
    chmodSync(pinned, 0o777);
    expect(launch({ node: ['-r', old] })).toMatchObject({ status: 69, stdout: '' });
  });
});

describe('the cache of compiled code', () => {
  const cache = () => join(home, '.cache/tsync/compiled');

  it.each(['022', '002', '000'])('is its owner`s alone under umask %s', (umask) => {
    expect(launch({ umask }).stdout).toContain(cache());
    expect([modeOf(join(home, '.cache/tsync')), modeOf(cache())]).toEqual(['700', '700']);
  });

  it('uses nothing that lay in a folder which others could write', () => {
    mkdirSync(join(cache(), 'planted'), { recursive: true });
    chmodSync(cache(), 0o777);
    expect(launch().stdout).toContain(cache());
    expect(existsSync(join(cache(), 'planted'))).toBe(false);
    expect(modeOf(cache())).toBe('700');
    expect(readdirSync(join(home, '.cache/tsync'))).toContainEqual(expect.stringContaining('writable-by-others'));
  });

  it('makes a folder private that others could only read, and goes on using it', () => {
    mkdirSync(cache(), { recursive: true, mode: 0o755 });
    writeFileSync(join(cache(), 'kept'), '');
    launch();
    expect([modeOf(cache()), existsSync(join(cache(), 'kept'))]).toEqual(['700', true]);
  });

  it('is not used below a folder that everybody may write', () => {
    mkdirSync(join(home, '.cache'), { mode: 0o777 });
    chmodSync(join(home, '.cache'), 0o777);
    expect(launch().stdout).toBe('ran uncached\n');
  });

  it('is not used through a link, or where a file lies in the way', () => {
    mkdirSync(join(home, '.cache/tsync'), { recursive: true });
    mkdirSync(join(room, 'elsewhere'));
    symlinkSync(join(room, 'elsewhere'), cache());
    expect(launch().stdout).toBe('ran uncached\n');
    rmSync(cache());
    writeFileSync(cache(), '');
    expect(launch()).toEqual({ status: 0, stdout: 'ran uncached\n', stderr: '' });
  });

  it.runIf(asRoot)('is not used when it is another account`s', () => {
    mkdirSync(cache(), { recursive: true, mode: 0o700 });
    chownSync(cache(), NOBODY, NOBODY);
    expect(launch().stdout).toBe('ran uncached\n');
  });
});
