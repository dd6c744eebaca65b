import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fingerprint } from '../fingerprint.js';
import type { Lab } from '../lab.js';
import { SERVICES } from '../ssh-command.js';

/** All that a plan can touch: every path of /etc, extended attributes, what runs and is enabled, the module's parameter. */
export interface HostState {
  readonly etc: Readonly<Record<string, string>>;
  readonly xattrs: string;
  readonly services: string;
  readonly parameter: string;
}

const XATTRS = 'cd "$0" && getfattr -R -h -d -m - . 2>/dev/null || true';
const INSIDE = `cat /sys/module/hv_utils/parameters/timesync_implicit; ${SERVICES}`;

export async function hostState(lab: Lab, index: number): Promise<HostState> {
  const [{ stdout: xattrs }, inside] = await Promise.all([
    promisify(execFile)('sh', ['-c', XATTRS, lab.pathOn(index, '/etc')]),
    lab.inside(index, INSIDE),
  ]);
  // Systemd in a container may remember a guard that ended: "Failed to kill control group", as it has none of its own.
  // What a boot does once, and whether there is a console to ask for a password at, is not the plan's.
  const noise = /^(tsync-guard-\S+ transient|systemd-\S+ exited|systemd-ask-password-\S+ .*)$/;
  const lines = inside.split('\n').filter((line) => !noise.test(line));
  const [parameter = '', ...services] = lines;
  const etc = fingerprint(lab.pathOn(index, '/etc'));
  // what makes a host itself: states of two hosts are compared too
  for (const own of ['/hostname', '/hosts', '/machine-id']) delete etc[own];
  return { etc, xattrs, services: services.join('\n'), parameter };
}

/** Where two states differ, a line each, for a message. */
export function differences(found: HostState, wanted: HostState): readonly string[] {
  const paths = new Set([...Object.keys(found.etc), ...Object.keys(wanted.etc)]);
  const lines = [...paths]
    .filter((path) => found.etc[path] !== wanted.etc[path])
    .map((path) => `/etc${path}: ${found.etc[path] ?? 'absent'}, wanted ${wanted.etc[path] ?? 'absent'}`);
  for (const key of ['xattrs', 'services', 'parameter'] as const)
    if (found[key] !== wanted[key]) lines.push(...lineDifferences(key, found[key], wanted[key]));
  return lines;
}

function lineDifferences(what: string, found: string, wanted: string): string[] {
  const [is, should] = [found.split('\n'), wanted.split('\n')];
  return [
    ...is.filter((line) => !should.includes(line)).map((line) => `${what} has: ${line}`),
    ...should.filter((line) => !is.includes(line)).map((line) => `${what} lacks: ${line}`),
  ];
}
