import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { demo } from '#cli/commands/demo.js';
import { startDemo } from '#demo/start-demo.js';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'tsync-demo-line-')));
const hosts = join(top, 'cache/tsync/demo/hosts');
beforeAll(() => {
  vi.stubEnv('XDG_CACHE_HOME', join(top, 'cache'));
  vi.stubEnv('XDG_STATE_HOME', join(top, 'state'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(top, { recursive: true, force: true });
});

/** Every file and link of every host's configuration, devices and modules, and every running process, by path. */
function fleetState(): { readonly [path: string]: string } {
  const state: { [path: string]: string } = {};
  const walk = (path: string): void => {
    const stat = lstatSync(path);
    const name = relative(hosts, path);
    if (stat.isSymbolicLink()) state[name] = `-> ${readlinkSync(path)}`;
    else if (stat.isDirectory()) {
      state[name] = `${stat.mode.toString(8)} folder`;
      for (const entry of readdirSync(path)) walk(join(path, entry));
    } else state[name] = `${stat.mode.toString(8)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  };
  for (const host of readdirSync(hosts))
    for (const part of ['etc', 'dev', 'sys', 'usr']) walk(join(hosts, host, 'root', part));
  return state;
}

/** Running units of every host with their processes: a restart shows. */
function processes(): { readonly [unit: string]: string } {
  const active = readdirSync(hosts).flatMap((host) =>
    readdirSync(join(hosts, host, 'state/active')).map((unit) => [
      `${host} ${unit}`,
      readFileSync(join(hosts, host, 'state/active', unit), 'utf8'),
    ]),
  );
  return Object.fromEntries(active);
}

test('the demo changes and proves its hosts, and rollback restores every file byte for byte', {
  timeout: 240_000,
}, async () => {
  const fresh = await startDemo({ folder: join(top, 'cache/tsync/demo'), fresh: true });
  await fresh.close();
  const before = fleetState();
  expect(await demo({ yes: true })).toBe(5);
  const after = fleetState();
  expect(
    Object.keys(after)
      .filter((path) => after[path] !== before[path])
      .map((path) => path.split('/')[0]),
  ).toEqual(expect.arrayContaining(['api01', 'db01', 'erp01', 'batch01', 'files01', 'mail01']));
  const untouched = (state: typeof before) =>
    Object.fromEntries(Object.entries(state).filter(([path]) => /^(pay|web|hr|radius|kiosk|ci|backup)01/.test(path)));
  expect(untouched(after)).toEqual(untouched(before));
  expect(await demo({ yes: true, rollback: true })).toBe(0);
  expect(fleetState()).toEqual(before);
  expect(Object.keys(processes()).sort()).toEqual(
    expect.arrayContaining(['batch01 systemd-timesyncd.service', 'batch01 chrony.service', 'radius01 ntpd.service']),
  );
});

test('a second run in the same state changes nothing and restarts nothing, but for the host that was reverted', {
  timeout: 240_000,
}, async () => {
  await demo({ yes: true, fresh: true });
  const [state, running] = [fleetState(), processes()];
  expect(await demo({ yes: true })).toBe(5);
  expect(fleetState()).toEqual(state);
  const { 'pay01 chrony.service': _old, ...others } = running;
  expect(processes()).toMatchObject(others);
});
