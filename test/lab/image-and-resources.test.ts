import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.js';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const RESOURCES = `
  resources:
    - file: /etc/systemd/system/mark.service
      src: mark.service
    - service: mark
      state: running
      enabled: true
    - file: /etc/mark.conf
      content: "one\\n"
      mode: '0640'
      restart: ssh
    - file: /etc/issue
      state: absent
`;
const UNIT =
  '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

describe.skipIf(!canRunContainers('images and resources'))('what a playbook names, and a tree that is an image', () => {
  let lab: Lab;
  let operator: Operator;

  beforeAll(async () => {
    lab = await Lab.start(1);
    operator = new Operator();
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  it('sets files and services of the playbook, keeps them, and takes them back exactly', async () => {
    const inventory = operator.write('inventory.yaml', lab.inventory);
    operator.write('mark.service', UNIT);
    const playbook = operator.write('playbook.yaml', playbookOf(90, 150) + RESOURCES);
    const before = lab.stateOf(1);
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--accept-new', '--yes');
    expectOutcomes(run, ['changed']);
    expect(
      lab.onHost(
        1,
        'systemctl is-active mark; systemctl is-enabled mark; stat -c %a /etc/mark.conf; cat /etc/mark.conf',
      ),
    ).toBe('active\nenabled\n640\none\n');
    expect(run.hosts[0]?.actions.map(({ kind }) => kind)).toContain('restart');
    const running = lab.daemonOf(1);
    expectOutcomes(await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes'), ['in-sync']);
    expect(lab.daemonOf(1)).toBe(running);
    expectOutcomes(await operator.expectRun(0, 'rollback', 'latest', '--yes'), ['changed']);
    expect(lab.stateOf(1)).toEqual(before);
    expect(lab.onHost(1, 'systemctl is-active mark || true')).toBe('inactive\n');
  });

  it('prepares a tree without touching what runs, leaves nothing of its own there, and takes it back exactly', async () => {
    const settings = `{strategy: ptp+ntp, ntp_servers: [${NTP_SERVER}]}`;
    const tree = lab.pathOn(1, '');
    const inventory = operator.write(
      'image.yaml',
      `all: {hosts: {image: {ansible_connection: local, root: ${tree}, platform: azure, tsync: ${settings}}}}\n`,
    );
    const [machine, etc, running] = [fingerprint('/etc'), lab.stateOf(1).etc, lab.daemonOf(1)];
    const audit = await operator.expectRun(2, 'audit', inventory);
    expectOutcomes(audit, ['drifted']);
    expectOutcomes(await operator.expectRun(0, 'run', inventory, '--yes'), ['changed']);
    expectOutcomes(await operator.expectRun(0, 'run', inventory, '--yes'), ['in-sync']);
    expect(fingerprint('/etc')).toEqual(machine);
    expect(lab.daemonOf(1)).toBe(running);
    expectOutcomes(await operator.expectRun(0, 'rollback', 'latest', '--yes'), ['changed']);
    expect(lab.stateOf(1).etc).toEqual(etc);

    const killed = operator.start(['run', inventory, '--yes', '--jsonl']);
    await killed.printed(/"type":"host-applied"/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(fingerprint(`${tree}/etc`)).not.toEqual(etc);
    const left = await operator.tsync('audit', inventory);
    expect(left.stdout).toContain('host/open-transaction');
    expectOutcomes(await operator.expectRun(0, 'run', inventory, '--yes'), ['changed']);
    expectOutcomes(await operator.expectRun(0, 'rollback', 'latest', '--yes'), ['changed']);
    expect(lab.stateOf(1).etc).toEqual(etc);
    expectOutcomes(await operator.expectRun(0, 'run', inventory, '--yes'), ['changed']);
  });

  it('boots from what was prepared, with chronyd on its servers', async () => {
    await lab.cutPower(1);
    const follows = `for i in $(seq 60); do chronyc -n sources | grep -q '^^[*] ${NTP_SERVER} ' && exit 0; sleep 1; done; chronyc -n sources; exit 1`;
    expect(await lab.inside(1, follows)).toBe('');
    expect(await lab.inside(1, 'systemctl show -p ExecStartPre --value chrony')).toContain('/etc/tsync/refclock.sh');
    expect(await lab.inside(1, 'systemctl is-failed chrony || true')).toBe('active\n');
  });
});
