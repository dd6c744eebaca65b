import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { expectOutcomes, Operator, type RunDocument } from './operator.js';

const NAMES = ['ntpsec', 'systemd-timesyncd'] as const;

describe.skipIf(!canRunContainers('hosts of other time daemons'))(
  'hosts that ntpsec and systemd-timesyncd keep',
  () => {
    let lab: Lab;
    let operator: Operator;
    let inventory: string;
    let keep: string;
    let change: string;
    let before: ReturnType<typeof states>;
    let kept: RunDocument;
    let changed: RunDocument;

    const states = () => [lab.stateOf(1), lab.stateOf(2)];
    const daemons = () => [lab.daemonOf(1), lab.daemonOf(2)];
    /** Whether each host's own daemon and chrony run. */
    const running = () =>
      NAMES.map((name, index) =>
        lab
          .onHost(index + 1, `systemctl is-active ${name} chrony || true`)
          .trim()
          .split('\n'),
      );

    beforeAll(async () => {
      lab = await Lab.start(['ntpsec-chrony', 'timesyncd-chrony']);
      operator = new Operator();
      inventory = operator.write('inventory.yaml', lab.inventory);
      const playbook = playbookOf(90, 150);
      keep = operator.write('keep.yaml', playbook);
      change = operator.write('change.yaml', playbook.replace('  strategy:', '  daemon: chrony\n  strategy:'));
      before = states();
    });
    afterAll(async () => {
      operator?.close();
      await lab?.stop();
    });

    it('are set by the daemon they have, and proved to follow the server', async () => {
      kept = await operator.expectRun(0, 'run', inventory, '-p', keep, '--yes', '--accept-new');
      expectOutcomes(kept, ['changed', 'changed']);
      expect(kept.hosts.map(({ source }) => source)).toEqual([NTP_SERVER, NTP_SERVER]);
      expect(running()).toEqual(NAMES.map(() => ['active', 'inactive']));
      expect(lab.onHost(1, 'ntpq -pn')).toMatch(new RegExp(`^[*]${NTP_SERVER} `, 'm'));
      expect(lab.onHost(2, 'timedatectl show-timesync -p ServerAddress --value')).toContain(NTP_SERVER);
    });

    it('are left alone, process by process, the second time', async () => {
      const [processes, after] = [daemons(), states()];
      expectOutcomes(await operator.expectRun(0, 'run', inventory, '-p', keep, '--yes'), ['in-sync', 'in-sync']);
      expect(daemons()).toEqual(processes);
      expect(states()).toEqual(after);
    });

    it('change to chrony where the playbook says so', async () => {
      changed = await operator.expectRun(0, 'run', inventory, '-p', change, '--yes');
      expectOutcomes(changed, ['changed', 'changed']);
      expect(changed.hosts.map(({ daemon }) => daemon)).toEqual(['chrony 4.3', 'chrony 4.3']);
      expect(running()).toEqual(NAMES.map(() => ['inactive', 'active']));
      for (const index of [1, 2]) expect(lab.onHost(index, 'chronyc -c -n sources')).toContain(`^,*,${NTP_SERVER},`);
      expectOutcomes(await operator.expectRun(0, 'run', inventory, '-p', change, '--yes'), ['in-sync', 'in-sync']);
    });

    it('get back daemon, bytes, links and services, step by step', async () => {
      expectOutcomes(await operator.expectRun(0, 'rollback', changed.run, '--yes'), ['changed', 'changed']);
      expect(running()).toEqual(NAMES.map(() => ['active', 'inactive']));
      expectOutcomes(await operator.expectRun(0, 'rollback', kept.run, '--yes'), ['changed', 'changed']);
      expect(states()).toEqual(before);
      for (const index of [1, 2]) expect(lab.leftoversOf(index)).toBe('');
    });
  },
);
