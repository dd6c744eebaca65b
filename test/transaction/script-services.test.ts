import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyProgram } from '#transaction/apply-program.js';
import { verifyProgram } from '#transaction/verify-program.js';
import { SH, SHELLS } from '../shells.js';
import { action, change, META, planOf } from './every-kind.js';
import { FakeHost, fileState, TEXTS } from './fake-host.js';

const ID = META.transaction;
const HOOK = `tsync-boot-${ID}`;
const settle = verifyProgram(TEXTS);

/** How each init lays its links, and where the hook for the next boot goes. */
const LAYOUTS = {
  debian: { init: 'sysv', starts: links('/etc/rcN.d/S01ntp', '2345'), hooks: [`etc/rcS.d/S99${HOOK}`] },
  'red hat': {
    init: 'sysv',
    starts: links('/etc/rc.d/rcN.d/S58ntp', '35'),
    hooks: [2, 3, 4, 5].map((level) => `etc/rc.d/rc${level}.d/S02${HOOK}`),
  },
  openrc: {
    init: 'openrc',
    starts: ['/etc/runlevels/default/ntp -> /etc/init.d/ntp'],
    hooks: [`etc/runlevels/sysinit/${HOOK}`],
  },
} as const;
type Layout = keyof typeof LAYOUTS;

const DEPEND = 'TARGETS = hostname.sh mountall.sh\nINTERACTIVE =\nmountall.sh: hostname.sh\n';

let host: FakeHost;
afterEach(() => host.remove());

function links(pattern: string, levels: string): string[] {
  return [...levels].map((level) => `${pattern.replace('N', level)} -> ../init.d/ntp`);
}

const stopLinks = (starts: readonly string[]) => starts.map((link) => link.replace(/\/S(\d\d)/, '/K$1'));

function furnish(layout: Layout): void {
  const { init, starts } = LAYOUTS[layout];
  host = new FakeHost(init);
  host.write('etc/chrony/chrony.conf', 'pool 2.debian.pool.ntp.org iburst\n');
  for (const name of ['chrony', 'ntp']) host.write(`etc/init.d/${name}`, '#!/bin/sh\n', 0o755);
  host.write('etc/runlevels/sysinit/README', '');
  if (layout === 'debian') {
    host.write('etc/rcS.d/README', '');
    host.write('etc/init.d/.depend.boot', DEPEND, 0o640);
  }
  for (const level of '2345') host.write(`etc/rc.d/rc${level}.d/README`, '');
  if (layout === 'openrc') symlinkSync('/etc/init.d/mountall.sh', host.path('etc/runlevels/sysinit/mountall.sh'));
  for (const link of starts) {
    const [path = '', target = ''] = link.split(' -> ');
    host.write(`${path.slice(1)}~`, '');
    rmSync(host.path(`${path.slice(1)}~`));
    symlinkSync(target, host.path(path.slice(1)));
  }
  host.start('ntp');
}

/** From ntp to chrony, by edit, links, stop, start and restart. */
function programFor(layout: Layout): Uint8Array {
  const { init, starts } = LAYOUTS[layout];
  const plan = planOf(
    [
      change(
        'file',
        '/etc/chrony/chrony.conf',
        fileState('pool 2.debian.pool.ntp.org iburst\n'),
        fileState('server 10.0.0.1\n'),
      ),
      change(
        'service',
        'ntp',
        { active: true, masked: false, links: starts },
        { active: false, masked: false, links: init === 'openrc' ? [] : stopLinks(starts) },
      ),
      change(
        'service',
        'chrony',
        { active: false, masked: false, links: [] },
        { active: true, masked: false, links: [] },
      ),
    ],
    [action('restart', 'chrony')],
  );
  return applyProgram(TEXTS, plan, META);
}

const layouts = Object.keys(LAYOUTS) as Layout[];
const cases = layouts.flatMap((layout) => Object.entries(SHELLS).map(([name, shell]) => ({ layout, name, shell })));

it.each(cases)(
  'stops, starts and restarts services of $layout under $name, and takes all of it back to the last link',
  ({ layout, shell }) => {
    furnish(layout);
    const before = host.state();
    const { steps, errors } = host.run(shell, programFor(layout));
    expect(errors).toBe('');
    expect(steps.slice(-5)).toEqual([
      'file:/etc/chrony/chrony.conf done',
      'service:ntp done',
      'service:chrony done',
      'restart:chrony done',
      'transaction applied',
    ]);
    expect(host.state()).toContain('active: chrony');
    for (const hook of LAYOUTS[layout].hooks) expect(readlinkSync(host.path(hook))).toContain(HOOK);
    expect(host.undo(shell, ID).steps.at(-1)).toBe('transaction reverted');
    expect(host.state()).toBe(before);
  },
);

describe.each(layouts)('services of %s', (layout) => {
  const shell = SH;
  beforeEach(() => furnish(layout));

  it('are taken back at the next boot by their files and links, and not in the boot in which they were changed', () => {
    const before = host.state().replace(/\nactive: .*/, '');
    host.run(shell, programFor(layout));
    const applied = host.state();
    expect(host.undo(shell, ID, 'boot').steps).toEqual([]);
    expect(host.state()).toBe(applied);
    // what a boot leaves: nothing below /run, no process
    rmSync(host.path('run/tsync'), { recursive: true });
    writeFileSync(join(host.folder, 'service.log'), '');
    expect(host.undo(shell, ID, 'boot').steps.at(-1)).toBe('transaction reverted');
    expect(host.state().replace(/\nactive: .*/, '')).toBe(before);
    expect(readFileSync(join(host.folder, 'service.log'), 'utf8')).toBe('');
  });

  it('are left as they are when they are confirmed, without a trace of the guard', () => {
    host.run(shell, programFor(layout));
    expect(host.run(shell, settle, { requests: [`confirm ${ID}`] }).steps).toEqual(['confirm confirmed']);
    expect(host.state()).not.toContain('tsync');
    expect(host.state()).toContain('active: chrony');
  });
});

it('adds its hook to the list of startpar, after all that is in it, with its mode', () => {
  furnish('debian');
  host.run(SH, programFor('debian'));
  const list = readFileSync(host.path('etc/init.d/.depend.boot'), 'utf8');
  expect(list).toBe(
    `TARGETS = hostname.sh mountall.sh ${HOOK}\nINTERACTIVE =\nmountall.sh: hostname.sh\n${HOOK}: hostname.sh mountall.sh\n`,
  );
  expect(host.state()).toContain('/etc/init.d/.depend.boot 100640');
});

it('takes its hook out of a list that insserv made anew meanwhile', () => {
  furnish('debian');
  host.run(SH, programFor('debian'));
  host.write(
    'etc/init.d/.depend.boot',
    `TARGETS = hostname.sh ${HOOK} mountall.sh new\n${HOOK}: mountall.sh\nnew: x\n`,
  );
  host.undo(SH, ID);
  expect(readFileSync(host.path('etc/init.d/.depend.boot'), 'utf8')).toBe(
    'TARGETS = hostname.sh mountall.sh new\nnew: x\n',
  );
});

it('restarts a daemon that ends only after its script said so', () => {
  furnish('debian');
  host.start('chrony');
  writeFileSync(join(host.folder, 'lazy-chrony'), '');
  const plan = planOf([], [action('restart', 'chrony')]);
  expect(host.run(SH, applyProgram(TEXTS, plan, META)).steps.at(-1)).toBe('transaction applied');
  const log = readFileSync(join(host.folder, 'service.log'), 'utf8');
  expect(log.indexOf('chrony start')).toBeGreaterThan(log.indexOf('chrony stop'));
  expect(existsSync(join(host.active, 'chrony'))).toBe(true);
});

it.each(['debian', 'openrc'] as const)(
  'takes all back when a service of %s does not start',
  (layout) => {
    furnish(layout);
    const before = host.state();
    writeFileSync(join(host.folder, 'fail-chrony'), '');
    const { steps } = host.run(SH, programFor(layout));
    expect(steps).toContain('service:chrony failed:chrony: could not be made active');
    expect(steps.at(-1)).toBe('transaction reverted');
    expect(host.state()).toBe(before);
  },
  120_000,
);

it.each([
  ['a link more', () => symlinkSync('../init.d/ntp', host.path('etc/rcS.d/S20ntp'))],
  ['a link that went', () => rmSync(host.path('etc/rc3.d/S01ntp'))],
  ['a service that was stopped', () => rmSync(join(host.active, 'ntp'))],
])('touches nothing when a host of sysv is stale: %s', (_what, edit) => {
  furnish('debian');
  edit();
  const before = host.state();
  const { steps } = host.run(SH, programFor('debian'));
  expect(steps[0]).toBe('precheck stale:service:ntp');
  expect(host.state()).toBe(before);
});
