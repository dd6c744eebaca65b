import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const HOSTS = [1, 2, 3];

describe.skipIf(!canRunContainers('the main line on real hosts'))('the main line on real hosts, as root', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let before: ReturnType<typeof states>;
  let changed: string;

  const states = () => HOSTS.map((index) => lab.stateOf(index));
  const daemons = () => HOSTS.map((index) => lab.daemonOf(index));

  beforeAll(async () => {
    lab = await Lab.start(HOSTS.length);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', playbookOf(90, 150));
    before = states();
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  it('audits without changing anything', async () => {
    const running = daemons();
    const audit = await operator.expectRun(2, 'audit', inventory, '-p', playbook, '--accept-new');
    expectOutcomes(audit, ['drifted', 'drifted', 'drifted']);
    expect(states()).toEqual(before);
    expect(daemons()).toEqual(running);
  });

  it('changes every host and proves that it follows the server', async () => {
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
    changed = run.run;
    expectOutcomes(run, ['changed', 'changed', 'changed']);
    expect(run.hosts.map(({ source }) => source)).toEqual([NTP_SERVER, NTP_SERVER, NTP_SERVER]);
    for (const index of HOSTS) expect(lab.onHost(index, 'chronyc -c -n sources')).toContain(`^,*,${NTP_SERVER},`);
  });

  it('leaves no guard, lock or unit behind', () => {
    for (const index of HOSTS) {
      expect(lab.leftoversOf(index)).toBe('');
      expect(lab.transactionsOf(index)).toEqual(['confirmed']);
    }
  });

  it('changes nothing and restarts nothing the second time', async () => {
    const [running, after] = [daemons(), states()];
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
    expectOutcomes(run, ['in-sync', 'in-sync', 'in-sync']);
    expect(daemons()).toEqual(running);
    expect(states()).toEqual(after);
  });

  it('takes everything back to the last byte, link, mode and owner', async () => {
    const rollback = await operator.expectRun(0, 'rollback', changed, '--yes');
    expectOutcomes(rollback, ['changed', 'changed', 'changed']);
    expect(states()).toEqual(before);
    for (const index of HOSTS) expect(lab.leftoversOf(index)).toBe('');
  });
});
