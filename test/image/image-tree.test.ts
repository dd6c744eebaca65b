import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollbackPlan } from '#plan/invert.js';
import { readRecord, recordOf } from '#resources/image-record.js';
import { shells } from '../snapshot/run-probe.js';
import { MadeTree } from './made-tree.js';

const dash = ['dash'];
const everyShell = shells.map((shell) => [shell.join(' '), shell] as const);

let tree: MadeTree;
beforeEach(() => {
  tree = new MadeTree();
});
afterEach(() => tree.remove());

describe('the facts of an image tree', () => {
  it.each(everyShell)('are what its files say, and nothing of this machine, under %s', (_, shell) => {
    const facts = tree.facts(shell);
    expect(facts).toMatchObject({
      place: 'image',
      os: { value: { id: 'debian', versionId: '12' } },
      init: { value: 'systemd' },
      systemdVersion: { value: 252 },
      virtualization: { value: 'hyperv' },
      cloud: { value: 'azure' },
      ptp: { value: [{ clockName: 'hyperv', symlinks: ['/dev/ptp_hyperv'] }] },
      kernel: { value: null, reason: 'an image has none' },
      clocksource: { value: null, reason: 'an image has none' },
      uptimeSeconds: { value: null },
      clock: { value: null, reason: 'an image has none' },
      chrony: { configPath: '/etc/chrony/chrony.conf', tracking: { value: null, reason: 'an image has none' } },
      around: { programs: { value: null, reason: 'an image has none' } },
    });
    expect(
      facts.daemons.filter(({ installed }) => installed.value).map(({ name, version }) => [name, version.value]),
    ).toEqual([
      ['chrony', '4.3-2+deb12u1'],
      ['timesyncd', '252.39-1~deb12u1'],
    ]);
    expect(facts.services.get('chronyd.service')).toMatchObject({
      unit: 'chrony.service',
      activeState: 'inactive',
      unitFileState: 'enabled',
      fragmentPath: '/usr/lib/systemd/system/chrony.service',
      links: [
        '/etc/systemd/system/chronyd.service -> /lib/systemd/system/chrony.service',
        '/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/system/chrony.service',
      ],
    });
    expect(facts).toEqual(tree.facts(dash));
  });

  it('tell units that are masked, not there, and instances of a template', () => {
    tree.link('/etc/systemd/system/off.service', '/dev/null');
    const { services } = tree.facts(dash, ['unit=off.service', 'unit=gone.service', 'unit=app@a.service']);
    expect(services.get('off.service')).toMatchObject({ masked: true, loadState: 'masked' });
    expect(services.get('gone.service')).toMatchObject({ loadState: 'not-found' });
    expect(services.get('app@a.service')).toMatchObject({
      fragmentPath: '/usr/lib/systemd/system/app@.service',
      unitFileState: 'disabled',
    });
  });

  it('do not follow an absolute link into the system that works on the tree', () => {
    tree.link('/etc/asked', '/etc/hostname');
    tree.link('/etc/folder', '/etc');
    const { files } = tree.facts(dash, ['path=/etc/asked', 'path=/etc/folder/hostname', 'path=/etc/not/there']);
    expect([files.get('/etc/asked')?.state, files.get('/etc/folder/hostname')?.state]).toEqual(['refused', 'refused']);
    expect(files.get('/etc/not/there')?.state).toBe('absent');
  });

  it.each([['root=/'], ['root='], ['root=/usr/..'], ['root=relative']])(
    'are none of the running system: %s',
    (root) => {
      const facts = new (class extends MadeTree {
        override get parameters() {
          return [root, 'image=yes'];
        }
      })().facts(dash);
      expect(facts.os.value).toBeNull();
      expect([...facts.files.values()].filter(({ state }) => state === 'present')).toEqual([]);
    },
  );

  it('know the packages of rpm only from rpm, and say so where it is not there', () => {
    tree.write('/var/lib/dpkg/status', '');
    expect(tree.facts(dash).daemons.find(({ name }) => name === 'chrony')?.version.value).toBeNull();
  });
});

describe('preparing an image tree', () => {
  it.each(everyShell)(
    'sets what it will boot with, leaves nothing behind, and is taken back exactly, under %s',
    (_, shell) => {
      const before = tree.state();
      const facts = tree.facts(shell);
      const plan = tree.plan(facts);
      expect(plan.actions).toEqual([]);
      expect(plan.findings.filter(({ status }) => status === 'unknown')).toEqual([]);
      expect(plan.changes.map(({ id }) => id)).toEqual([
        'file:/etc/tsync/refclock.sh',
        'file:/etc/systemd/system/chrony.service.d/60-tsync-refclock.conf',
        'file:/etc/chrony/conf.d/tsync.conf',
        'file:/etc/chrony/sources.d/tsync.sources',
        'file:/etc/chrony/chrony.conf',
        'service:systemd-timesyncd.service',
      ]);
      const steps = tree.apply(shell, plan, 'run1.image');
      expect(steps.filter((step) => step.includes('failed'))).toEqual([]);
      expect(steps).toContain('guard none');
      expect(steps.at(-1)).toBe('transaction applied');
      expect(tree.has('/var/lib/tsync/tx/run1.image/state')).toBe(true);
      expect(tree.settle(shell, 'state run1.image\nconfirm run1.image\nbye\n')).toEqual([
        'state applied',
        'confirm confirmed',
      ]);
      expect(tree.has('/var/lib/tsync')).toBe(false);
      expect(readFileSync(join(tree.root, 'etc/chrony/sources.d/tsync.sources'), 'utf8')).toContain(
        'server 192.0.2.1 iburst',
      );
      const second = tree.facts(shell);
      expect(tree.plan(second).changes).toEqual([]);

      const back = rollbackPlan({
        host: 'image',
        facts: second,
        changes: plan.changes,
        snapshotDigest: 'd',
        packages: [],
        run: 'run1',
      });
      expect(back.actions).toEqual([]);
      expect(tree.apply(shell, back, 'run2.image').at(-1)).toBe('transaction applied');
      tree.settle(shell, 'confirm run2.image\nbye\n');
      expect(tree.state()).toBe(before);
    },
  );

  it.each(everyShell.slice(0, 2))('is taken back by the next run where it was killed, under %s', (_, shell) => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(shell));
    tree.apply(shell, plan, 'run1.image');
    const found = tree.facts(shell);
    expect(found.openTransactions.value).toMatchObject([{ id: 'run1.image', state: 'applied', who: 'me@bastion' }]);
    expect(tree.plan(found).strategy.reason).toContain('Nothing is changed');
    expect(tree.apply(shell, plan, 'run2.image')).toContain('transaction untouched');
    const record = readRecord(readFileSync(join(tree.root, 'var/lib/tsync/tx/run1.image/record'), 'utf8'));
    expect(record.value).toEqual(recordOf(plan.changes));
    expect(tree.undo(shell, record.value ?? [], 'run1.image').at(-1)).toBe('transaction reverted');
    expect(tree.state()).toBe(before);
  });

  it('undoes all at once where a change fails, and keeps nothing', () => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(dash));
    const failing = {
      ...plan,
      changes: [
        ...plan.changes,
        {
          id: 'module-parameter:loop.x',
          kind: 'module-parameter',
          name: 'loop.x',
          before: null,
          after: { value: '1' },
          because: 'playbook/resource',
        } as const,
      ],
    };
    const steps = tree.apply(dash, failing, 'run1.image');
    expect(steps.at(-1)).toBe('transaction reverted');
    expect(tree.state()).toBe(before);
  });

  it('never writes through a link that leads out of the tree', () => {
    const plan = tree.plan(tree.facts(dash));
    tree.write('/elsewhere', '');
    tree.link('/etc/tsync', '/etc/systemd');
    const steps = tree.apply(dash, plan, 'run1.image');
    expect(steps).toContain('precheck stale:file:/etc/tsync/refclock.sh');
    expect(tree.has('/var/lib/tsync')).toBe(false);
  });

  it('removes what was killed before it changed anything', () => {
    const before = tree.state();
    const plan = tree.plan(tree.facts(dash));
    tree.write('/var/lib/tsync/tx/old.image/meta', 'id=old.image\n');
    expect(tree.apply(dash, plan, 'run1.image').at(-1)).toBe('transaction applied');
    tree.undo(dash, recordOf(plan.changes), 'run1.image');
    expect(tree.state()).toBe(before);
  });

  it('asks for a platform before it brings in the clock of a host', () => {
    const facts = tree.facts(dash, ['platform=']);
    expect(facts.cloud.value).toBeNull();
    expect(facts.ptp.value).toBeNull();
    const plan = tree.plan(facts);
    expect(plan.changes).toEqual([]);
    expect(plan.findings).toContainEqual(expect.objectContaining({ rule: 'strategy/possible', status: 'violation' }));
  });
});
