import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOps, canRunContainers, Lab, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const HOSTS = [1, 2, 3];

describe.skipIf(!canRunContainers('sudo on real hosts'))('an ordinary user with a sudo password, on real hosts', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;

  beforeAll(async () => {
    lab = await Lab.start(HOSTS.length);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', asOps(lab.inventory));
    playbook = operator.write('playbook.yaml', playbookOf(90, 150));
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  /** How often sudo was given a wrong password, on all hosts together, by their own logs. */
  const refusals = () =>
    HOSTS.reduce((sum, index) => {
      const log = lab.onHost(index, 'journalctl -q --no-pager -o cat _COMM=sudo + _COMM=unix_chkpwd');
      return sum + (log.match(/pam_unix\(sudo:auth\): authentication failure/g)?.length ?? 0);
    }, 0);

  it('tries a wrong password once in the whole fleet', async () => {
    const before = HOSTS.map((index) => lab.stateOf(index));
    const password = operator.write('wrong', 'not-the-password\n');
    const args = ['run', inventory, '-p', playbook, '--yes', '--accept-new', '--become-password-file', password];
    const run = await operator.expectRun(3, ...args);
    expectOutcomes(run, ['failed', 'failed', 'failed']);
    expect(run.hosts.map(({ problem }) => problem?.code).sort()).toEqual([
      'privilege/not-tried',
      'privilege/not-tried',
      'privilege/wrong-password',
    ]);
    expect(refusals()).toBe(1);
    expect(HOSTS.map((index) => lab.stateOf(index))).toEqual(before);
  });

  it('becomes root with the right one, changes, and takes back', async () => {
    const before = HOSTS.map((index) => lab.stateOf(index));
    const password = ['--become-password-file', operator.write('password', 'lab\n')];
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes', ...password);
    expectOutcomes(run, ['changed', 'changed', 'changed']);
    const rollback = await operator.expectRun(0, 'rollback', run.run, '--yes', ...password);
    expectOutcomes(rollback, ['changed', 'changed', 'changed']);
    expect(HOSTS.map((index) => lab.stateOf(index))).toEqual(before);
    expect(refusals()).toBe(1);
  });

  it('audits without root where no password is given', async () => {
    const unprivileged = operator.write('ops.yaml', lab.inventory.replace('ansible_user: root', 'ansible_user: ops'));
    const audit = await operator.expectRun(2, 'audit', unprivileged, '-p', playbook);
    expectOutcomes(audit, ['drifted', 'drifted', 'drifted']);
  });
});
