import { describe, expect, it } from 'vitest';
import type { DaemonName, Facts } from '#facts/facts.js';
import { deriveActions } from '#plan/derive-actions.js';
import type { Change, States } from '#resources/resource.js';
import { makeFacts } from '../policy/make-facts.js';
import { MADE_HOSTS } from './made-hosts.js';

const daemon = (name: DaemonName, unit: string, version: string, configFiles: readonly string[] = []) =>
  ({
    name,
    unit,
    version: { value: version },
    installed: { value: true },
    active: { value: name === 'chrony' },
    configFiles,
  }) as unknown as Facts['daemons'][number];

const withChrony = (version: string): Facts => ({
  ...makeFacts(MADE_HOSTS['debian12-plain']!),
  daemons: [
    daemon('chrony', 'chrony.service', version),
    daemon('ntpsec', 'ntpsec.service', '1.2.2', ['/etc/ntpsec/ntp.conf']),
    daemon('timesyncd', 'systemd-timesyncd.service', '252'),
  ],
});
const FACTS = withChrony('4.3');
const STATE: States['file'] = { bytes: new Uint8Array(), mode: '0644', owner: 'root', group: 'root', truncated: false };

function file(name: string): Change {
  return { id: `file:${name}`, kind: 'file', name, before: null, after: STATE, because: 'phc/configured' };
}

function stopped(name: string): Change {
  const before = { active: true, links: [], masked: false };
  return {
    id: `service:${name}`,
    kind: 'service',
    name,
    before,
    after: { ...before, active: false },
    because: 'daemon/single',
  };
}

const kinds = (changes: readonly Change[], facts = FACTS) => deriveActions(changes, facts).map(({ kind }) => kind);

describe('actions', () => {
  it('reload the sources, without cost, when nothing but sources changed', () => {
    expect(deriveActions([file('/etc/chrony/sources.d/tsync.sources')], FACTS)).toEqual([
      {
        kind: 'reload-sources',
        name: '',
        after: ['file:/etc/chrony/sources.d/tsync.sources'],
        withoutSyncSeconds: 0,
        mayStep: false,
      },
    ]);
  });

  it('restart once when more changed, and say that the clock may step', () => {
    const changes = [file('/etc/chrony/sources.d/tsync.sources'), file('/etc/chrony/chrony.conf')];
    expect(deriveActions(changes, FACTS)).toMatchObject([
      {
        kind: 'restart',
        name: 'chrony.service',
        withoutSyncSeconds: 25,
        mayStep: true,
        after: [changes[1]?.id, changes[0]?.id],
      },
    ]);
  });

  it('restart where the daemon cannot reload its sources', () => {
    expect(kinds([file('/x/a.sources')], withChrony('3.5'))).toEqual(['restart']);
  });

  it('reload systemd before the restart, for a drop-in', () => {
    expect(kinds([file('/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf')])).toEqual([
      'daemon-reload',
      'restart',
    ]);
  });

  it('trigger udev for its rules, and nothing for modprobe', () => {
    expect(kinds([file('/etc/udev/rules.d/99-tsync-ptp.rules')])).toEqual(['udev-trigger']);
    expect(kinds([file('/etc/modprobe.d/tsync-hv_utils.conf')])).toEqual([]);
  });

  it('restart the daemon that reads the file, each with its own cost', () => {
    const restart = (path: string) => deriveActions([file(path)], FACTS)[0];
    expect(restart('/etc/ntpsec/ntp.conf')).toMatchObject({ name: 'ntpsec.service', withoutSyncSeconds: 12 });
    expect(restart('/etc/systemd/timesyncd.conf.d/zz-tsync.conf')).toMatchObject({
      name: 'systemd-timesyncd.service',
      withoutSyncSeconds: 2,
      mayStep: true,
    });
  });

  it('do not start a daemon again that the changes stop', () => {
    expect(kinds([file('/etc/chrony/chrony.conf'), stopped('chrony.service')])).toEqual([]);
    expect(kinds([stopped('ntpd.service')])).toEqual([]);
  });

  it('restart for each resource of the user`s own what it names, and nothing in an image tree', () => {
    const own = { ...file('/etc/odd'), because: 'playbook/resource', restart: 'odd.service' };
    expect(deriveActions([own], FACTS)).toMatchObject([{ kind: 'restart', name: 'odd.service', mayStep: false }]);
    expect(kinds([file('/etc/chrony/chrony.conf')], { ...FACTS, place: 'image' })).toEqual([]);
  });
});
