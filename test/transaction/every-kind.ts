import { symlinkSync } from 'node:fs';
import type { Action, Change } from '#resources/resource.js';
import type { AppliedPlan, TransactionMeta } from '#transaction/apply-program.js';
import { type FakeHost, fileState } from './fake-host.js';

export const META: TransactionMeta = {
  transaction: 'run1.web-1',
  run: 'run1',
  who: "o'brien@bastion",
  version: '0.1.0',
  startedAt: '2026-11-22T10:00:00.000Z',
  guardSeconds: 240,
};

export function change<K extends Change['kind']>(kind: K, name: string, before: unknown, after: unknown): Change {
  return { id: `${kind}:${name}`, kind, name, before, after, because: 'test/rule' } as Change;
}

export function action(kind: Action['kind'], name = ''): Action {
  return { kind, name, after: [], withoutSyncSeconds: 0, mayStep: false };
}

export function planOf(changes: readonly Change[], actions: readonly Action[] = []): AppliedPlan {
  return { host: 'web-1', changes, actions, planDigest: 'd1' };
}

const CHRONY_LINK = '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service';
const TIMESYNCD_LINK =
  '/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service -> /lib/systemd/system/systemd-timesyncd.service';

/** A host that runs timesyncd and ntpd, and the files that `everyKind` changes. */
export function furnish(host: FakeHost): void {
  host.write('etc/chrony/chrony.conf', 'pool 2.debian.pool.ntp.org iburst\n');
  host.write('etc/chrony/real.conf', 'old\n', 0o640);
  symlinkSync('real.conf', host.path('etc/chrony/link.conf'));
  host.write('etc/default/ntpdate', 'NTPSERVERS=x\n', 0o600);
  host.write('sys/module/hv_utils/parameters/timesync_implicit', 'Y\n');
  host.write('lib/systemd/system/chrony.service', '[Unit]\n');
  host.write('etc/systemd/system/sysinit.target.wants/other.service', '');
  symlinkSync(
    '/lib/systemd/system/systemd-timesyncd.service',
    host.path('etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service'),
  );
  host.start('systemd-timesyncd.service');
  host.start('ntpd.service');
}

/** Every kind of change and what follows from it: edit, create in a new folder, edit through a link, remove, switch daemons. */
export const everyKind: AppliedPlan = planOf(
  [
    change(
      'file',
      '/etc/chrony/chrony.conf',
      fileState('pool 2.debian.pool.ntp.org iburst\n'),
      fileState("# it's ours\nserver 10.77.0.1 iburst\n"),
    ),
    change('file', '/etc/tsync/refclock.sh', null, fileState('#!/bin/sh\nexit 0\n', '0755')),
    change('file', '/etc/chrony/link.conf', fileState('old\n', '0640'), fileState('new\n', '0640')),
    change('file', '/etc/default/ntpdate', fileState('NTPSERVERS=x\n', '0600'), null),
    change(
      'service',
      'systemd-timesyncd.service',
      { active: true, masked: false, links: [TIMESYNCD_LINK] },
      { active: false, masked: true, links: [] },
    ),
    change('module-parameter', 'hv_utils.timesync_implicit', { value: 'Y' }, { value: 'N' }),
    change(
      'service',
      'chrony.service',
      { active: false, masked: false, links: [] },
      { active: true, masked: false, links: [CHRONY_LINK] },
    ),
  ],
  [action('daemon-reload'), action('udev-trigger'), action('restart', 'ntpd.service'), action('reload-sources')],
);
