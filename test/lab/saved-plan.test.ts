import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '#errors/catalog.js';
import { canRunContainers, Lab, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const HOSTS = [1, 2];

describe.skipIf(!canRunContainers('saved plans on real hosts'))('a saved plan, on real hosts', () => {
  let lab: Lab;
  let operator: Operator;
  let plan: string;

  beforeAll(async () => {
    lab = await Lab.start(HOSTS.length);
    operator = new Operator();
    plan = operator.write('plan.json', '');
    const inventory = operator.write('inventory.yaml', lab.inventory);
    const playbook = operator.write('playbook.yaml', playbookOf(90, 150));
    const before = HOSTS.map((index) => lab.stateOf(index));
    const planned = await operator.expectRun(2, 'plan', inventory, '-p', playbook, '--accept-new', '-o', plan);
    expectOutcomes(planned, ['drifted', 'drifted']);
    expect(HOSTS.map((index) => lab.stateOf(index))).toEqual(before);
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  it('is refused as a whole, before it reaches a host, while the playbook is another one than it was made from', async () => {
    const before = HOSTS.map((index) => lab.stateOf(index));
    operator.write('playbook.yaml', playbookOf(80, 150));
    const refused = await operator.tsync('apply', plan, '--yes');
    expect(refused.code, refused.stderr).toBe(65);
    expect(refused.stderr).toContain(catalog['plan/inputs-changed'].summary);
    operator.write('playbook.yaml', playbookOf(90, 150));
    expect(HOSTS.map((index) => lab.stateOf(index))).toEqual(before);
    expect(HOSTS.map((index) => lab.transactionsOf(index))).toEqual([[], []]);
  });

  it('is applied where the host is as it was, and touches nothing where somebody edited a file since', async () => {
    lab.onHost(1, 'echo "# a word of mine" >>/etc/chrony/chrony.conf');
    const [edited, running] = [lab.stateOf(1), lab.daemonOf(1)];
    const applied = await operator.expectRun(3, 'apply', plan, '--yes');
    expectOutcomes(applied, ['stale', 'changed']);
    expect(lab.stateOf(1)).toEqual(edited);
    expect(lab.daemonOf(1)).toBe(running);
    expect(lab.transactionsOf(1)).toEqual([]);
    expect(lab.transactionsOf(2)).toEqual(['confirmed']);
  });

  it('is refused once it was applied', async () => {
    const after = lab.stateOf(2);
    const again = await operator.expectRun(3, 'apply', plan, '--yes', '--limit', lab.nameOf(2));
    expectOutcomes(again, ['stale']);
    expect(lab.stateOf(2)).toEqual(after);
  });
});
