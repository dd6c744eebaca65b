import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNtpServer } from '../ntp-server.js';
import { Operator } from '../operator.js';
import { canRunLab } from '../requirements.js';
import { Machine, startMachines, stopMachines } from './machine.js';

/** This machine as the emulated ones see it. */
const NTP_SERVER = '10.0.2.2';
const playbookOf = (strategy: string, settleSeconds: number): string => `
- hosts: all
  strategy: ${strategy}
  rollout: {settle_timeout: ${settleSeconds}s, confirm_timeout: ${settleSeconds + 180}s}
`;

const asked = process.env.TSYNC_LAB_VM === '1';
if (!asked) console.warn('SKIPPED the emulated machine with a PTP clock: it takes minutes; `npm run lab:vm` runs it');
const needed = ['mmdebstrap', 'qemu-system-x86_64', 'qemu-img', 'socat', 'chronyd', 'ssh', 'ssh-keygen', 'mke2fs'];
const runs = asked && canRunLab('the emulated machine with a PTP clock', needed, true);

describe.skipIf(!runs)('an emulated machine with a PTP clock named hyperv', () => {
  const azure = new Machine(1);
  const plain = new Machine(2);
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let stopNtpServer: () => Promise<void>;

  beforeAll(async () => {
    stopNtpServer = await startNtpServer('127.0.0.1', '127.0.0.1');
    operator = new Operator();
    inventory = operator.write('inventory.yaml', startMachines());
    playbook = operator.write('playbook.yaml', playbookOf('auto', 120));
    for (const machine of [azure, plain]) {
      machine.run(`sed -i 's/^pool .*/server ${NTP_SERVER} iburst/' /etc/chrony/chrony.conf`);
      machine.setClocks(NTP_SERVER);
    }
  }, 1_800_000);
  afterAll(async () => {
    operator?.close();
    stopMachines();
    await stopNtpServer?.();
  }, 60_000);

  const tsync = (code: number, file: string, limit: string) =>
    operator.expectRun(code, 'run', inventory, '-p', file, '--limit', limit, '--yes', '--accept-new');

  it.each([
    // Two sources that contradict each other: the daemon itself says that it trusts none.
    { strategy: 'auto', why: 'phc/selected' },
    // One source: the daemon says that all is well, and only our own measurement tells.
    { strategy: 'ptp-only', why: 'by our own measurement the clock is wrong by' },
  ])(
    'refuses a PTP clock that is five seconds off, by $strategy, and leaves the machine as it was',
    async ({ strategy, why }) => {
      const playbook = operator.write('wrong.yaml', playbookOf(strategy, 60));
      azure.setClocks(NTP_SERVER);
      azure.run('echo 5000000000 >/sys/module/hv_utils/parameters/offset_ns');
      const before = azure.state();
      const run = await tsync(5, playbook, 'vm1');
      expect(run.hosts[0]).toMatchObject({ outcome: 'reverted', problem: { code: 'verify/not-proved' } });
      expect(run.hosts[0]?.problem?.detail).toContain(why);
      expect(azure.state()).toEqual(before);
      expect(azure.sources()).toEqual([expect.stringMatching(`^\\^,.,${NTP_SERVER},`)]);
    },
  );

  it('follows the PTP clock of an Azure machine, by its stable name', async () => {
    azure.setClocks(NTP_SERVER);
    const run = await tsync(0, playbook, 'vm1');
    expect(run.hosts[0]).toMatchObject({
      outcome: 'changed',
      source: 'PHC0',
      strategy: { asked: 'auto', taken: 'ptp+ntp' },
    });
    expect(azure.sources()).toContainEqual(expect.stringMatching(/^#,\*,PHC0,/));
    expect(azure.sources()).toContainEqual(expect.stringMatching(`^\\^,.,${NTP_SERVER},`));
    expect(azure.run('grep -rhs "^refclock PHC" /etc/chrony /run/chrony-dhcp')).toMatch(
      /^refclock PHC \/dev\/ptp_hyperv /,
    );
  });

  it('changes nothing the second time', async () => {
    const [daemon, state] = [azure.daemon(), azure.state()];
    const run = await tsync(0, playbook, 'vm1');
    expect(run.hosts[0]).toMatchObject({ outcome: 'in-sync', changes: [], actions: [] });
    expect(azure.daemon()).toBe(daemon);
    expect(azure.state()).toEqual(state);
  });

  it('keeps NTP working after a boot without the driver, and takes the clock again after one with it', async () => {
    azure.run('mv /etc/modules-load.d/hv_utils.conf /root/ && echo "blacklist hv_utils" >/etc/modprobe.d/no-hv.conf');
    await azure.reset();
    expect(azure.run('ls /sys/class/ptp')).toBe('');
    expect(azure.run('systemctl is-active chrony')).toBe('active\n');
    expect(azure.sources().join('\n')).not.toContain('PHC0');
    await expect
      .poll(() => azure.sources(), { timeout: 120_000, interval: 2000 })
      .toContainEqual(expect.stringMatching(`^\\^,\\*,${NTP_SERVER},`));

    azure.run('mv /root/hv_utils.conf /etc/modules-load.d/ && rm /etc/modprobe.d/no-hv.conf');
    await azure.reset();
    azure.setClocks(NTP_SERVER);
    await expect
      .poll(() => azure.sources(), { timeout: 120_000, interval: 2000 })
      .toContainEqual(expect.stringMatching(/^#,\*,PHC0,/));
  });

  it('does not trust the same clock where nothing says that the machine is on Azure', async () => {
    const run = await tsync(0, playbook, 'vm2');
    expect(run.hosts[0]?.strategy).toMatchObject({ asked: 'auto', taken: 'monitor' });
    expect(plain.run('chronyc -c selectdata')).toMatch(/^N,PHC0,/m);
    expect(plain.sources()).toContainEqual(expect.stringMatching(`^\\^,\\*,${NTP_SERVER},`));
  });
});
