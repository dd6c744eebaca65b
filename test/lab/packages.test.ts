import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const HOST = 1;
const INSTALLED =
  "dpkg -l chrony systemd-timesyncd 2>/dev/null | sed -n 's/^\\([a-z][a-zA-Z]*\\) *\\([a-z-]*\\) .*/\\2 \\1/p' | grep -v ' [a-z][nc]' || true";
/** Until the step that was made slow is reached. */
const UNTIL_SLOW = 'for i in $(seq 300); do pgrep -x sleep -a | grep -q "sleep 60" && exit 0; sleep 0.1; done; exit 1';
/** As when the power goes, as far as processes are concerned: the program (by its lock), apt and dpkg. */
const KILL =
  'kill -9 $(readlink /var/lib/tsync/lock | cut -d" " -f1); pkill -9 -x apt-get; pkill -9 -x dpkg; pkill -9 -x sleep; sleep 1';
/** Marks, masks and locks of work on packages. */
const LEFT_OVER =
  'ls -d /var/lib/tsync/packages/*/begun /var/lib/tsync/packages/*/held /var/lib/tsync/lock* /run/systemd/system/chron* 2>/dev/null || true';

/** A Debian 12 that keeps its time with systemd-timesyncd, whose apt has chrony in a folder of its own, and no lists yet. */
describe.skipIf(!canRunContainers('packages on a real host'))('packages on a real host', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let changed: string;
  let before: string;

  const on = (command: string) => lab.onHost(HOST, command).trim();
  const packages = () => on(INSTALLED);
  const timesyncd = () =>
    on('systemctl is-active systemd-timesyncd; systemctl is-enabled systemd-timesyncd; ls /etc/chrony 2>&1 | wc -l');

  beforeAll(async () => {
    lab = await Lab.start(['timesyncd', 'timesyncd', 'timesyncd']);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', `${playbookOf(90, 150).trimEnd()}\n  daemon: chrony\n`);
    before = timesyncd();
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });

  const runWithPackages = () =>
    operator.expectRun(0, 'run', inventory, '-p', playbook, '-l', lab.nameOf(HOST), '--yes', '--packages');

  it('shows what would be installed and what that removes, and changes nothing', async () => {
    const plan = await operator.tsync('plan', inventory, '-p', playbook, '-l', lab.nameOf(HOST), '--accept-new');
    expect(plan.stderr + plan.stdout).toMatch(/install +package chrony 4\.3/);
    expect(plan.stdout).toMatch(/remove +package systemd-timesyncd 252\S+: this version can be had again/);
    expect(plan.code).toBe(2);
    expect(packages()).toBe('systemd-timesyncd ii');
    expect(on('ls /var/lib/apt/lists | wc -l; ls -A /var/lib/tsync')).toBe('0');
  });

  it('installs nothing by --yes alone', async () => {
    const run = await operator.expectRun(2, 'run', inventory, '-p', playbook, '-l', lab.nameOf(HOST), '--yes');
    expectOutcomes(run, ['drifted']);
    expect(run.hosts[0]?.problem?.code).toBe('packages/not-approved');
    expect(packages()).toBe('systemd-timesyncd ii');
  });

  it('installs, configures and proves in one run', async () => {
    const run = await runWithPackages();
    changed = run.run;
    expectOutcomes(run, ['changed']);
    expect(run.hosts[0]?.source).toBe(NTP_SERVER);
    expect(on(LEFT_OVER)).toBe('');
    expect(packages()).toMatch(/^chrony ii/);
    // It was held back until its configuration was there.
    expect(on('grep -c "chrony.service is masked" /var/lib/tsync/packages/*/log')).toBe('1');
  });

  it('changes nothing the second time', async () => {
    const daemon = lab.daemonOf(HOST);
    const run = await runWithPackages();
    expectOutcomes(run, ['in-sync']);
    expect(lab.daemonOf(HOST)).toBe(daemon);
  });

  it('brings the old daemon back, running and enabled, and takes chrony away with its files', async () => {
    const rollback = await operator.expectRun(0, 'rollback', changed, '--yes', '--packages');
    expectOutcomes(rollback, ['changed']);
    expect(packages()).toBe('systemd-timesyncd ii');
    expect(timesyncd()).toBe(before);
  });

  it.each([
    {
      host: 2,
      when: 'before dpkg begins',
      slow: 'echo "DPkg::Pre-Invoke {\\"sleep 60\\";};" >/etc/apt/apt.conf.d/99lab',
      mend: 'rm /etc/apt/apt.conf.d/99lab',
      left: 'systemd-timesyncd ii',
      found: /work \S+ of/,
    },
    {
      host: 3,
      when: 'while chrony is configured, when the old daemon is gone',
      slow: 'mv /usr/bin/ucf /usr/bin/ucf.real; printf "#!/bin/sh\\nexec sleep 60\\n" >/usr/bin/ucf; chmod 755 /usr/bin/ucf',
      mend: 'mv /usr/bin/ucf.real /usr/bin/ucf',
      left: 'chrony iF',
      found: /chrony 4\.3\S+ \(iF\)/,
    },
  ])('says what is left, and finishes it, where it was killed $when', async ({ host, slow, mend, left, found }) => {
    const name = lab.nameOf(host);
    lab.onHost(host, slow);
    const only = [inventory, '-p', playbook, '-l', name, '--accept-new'];
    const running = operator.start(['run', ...only, '--yes', '--packages', '--jsonl']);
    await running.printed(/"step":"packages","detail":"begin"/);
    lab.onHost(host, UNTIL_SLOW);
    lab.onHost(host, KILL);
    expect((await running.ended).code).toBe(3);
    lab.onHost(host, mend);
    expect(lab.onHost(host, INSTALLED).trim()).toBe(left);

    const audit = await operator.tsync('audit', ...only, '-b');
    expect(audit.code).toBe(2);
    expect(audit.stdout).toMatch(/packages\/chrony/);
    expect(audit.stdout).toMatch(found);
    const unapproved = await operator.expectRun(2, 'run', ...only, '--yes');
    expectOutcomes(unapproved, ['drifted']);

    const run = await operator.expectRun(0, 'run', ...only, '--yes', '--packages');
    expectOutcomes(run, ['changed']);
    expect(lab.onHost(host, INSTALLED).trim()).toBe('chrony ii');
    expect(lab.onHost(host, LEFT_OVER).trim()).toBe('');
  });
});
