import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNtpServer } from '../ntp-server.js';
import { expectOutcomes, Operator } from '../operator.js';
import { canRunLab } from '../requirements.js';
import { Machine, startMachine, stopMachines } from './machine.js';

/** This machine as the emulated one sees it. */
const NTP_SERVER = '10.0.2.2';
const MINUTES = 60_000;

const asked = process.env.TSYNC_LAB_VM === '1';
if (!asked) console.warn('SKIPPED the walk through the strategies on the emulated machine: `npm run lab:vm` runs it');
const needed = ['mmdebstrap', 'qemu-system-x86_64', 'qemu-img', 'socat', 'chronyd', 'ssh', 'ssh-keygen', 'mke2fs'];
const runs = asked && canRunLab('the walk through the strategies on the emulated machine', needed, true);

const PTP_SELECTED = /^#,\*,PHC0,/m;
const SERVER_SELECTED = /^\^,\*,10\.0\.2\.2,/m;

describe.skipIf(!runs)('one machine from strategy to strategy', () => {
  const machine = new Machine(1);
  let operator: Operator;
  let inventory: string;
  let stopNtpServer: () => Promise<void>;

  beforeAll(async () => {
    stopNtpServer = await startNtpServer('127.0.0.1', '127.0.0.1');
    operator = new Operator();
    inventory = operator.write('inventory.yaml', startMachine());
    machine.run(`sed -i 's/^pool .*/server ${NTP_SERVER} iburst/' /etc/chrony/chrony.conf`);
    machine.setClocks(NTP_SERVER);
  }, 30 * MINUTES);
  afterAll(async () => {
    operator?.close();
    stopMachines();
    await stopNtpServer?.();
  }, MINUTES);

  const playbookOf = (name: string, settings: string): string =>
    operator.write(
      `${name}.yaml`,
      `- hosts: all\n  ${settings}\n  ntp_servers: [${NTP_SERVER}]\n  rollout: {settle_timeout: 150s, confirm_timeout: 400s}\n`,
    );
  const run = (playbook: string) => operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes', '--accept-new');

  it.each([
    { name: 'monitor', settings: 'strategy: monitor', selected: SERVER_SELECTED },
    { name: 'ptp+ntp, the PTP clock first', settings: 'strategy: ptp+ntp\n  prefer: ptp', selected: PTP_SELECTED },
    { name: 'ptp+ntp, the servers first', settings: 'strategy: ptp+ntp\n  prefer: ntp', selected: SERVER_SELECTED },
    { name: 'ntp-only', settings: 'strategy: ntp-only', selected: SERVER_SELECTED },
    { name: 'monitor again', settings: 'strategy: monitor', selected: SERVER_SELECTED },
  ])(
    'to $name: one run converges, the second changes nothing, the rollback gives back every byte',
    { timeout: 20 * MINUTES },
    async ({ name, settings, selected }) => {
      const playbook = playbookOf(name.replaceAll(/\W/g, '-'), settings);
      const before = machine.state();
      const first = await run(playbook);
      expectOutcomes(first, ['changed']);
      expect(machine.sources().join('\n')).toMatch(selected);
      const [after, daemon] = [machine.state(), machine.daemon()];

      const second = await run(playbook);
      expect(second.hosts[0]).toMatchObject({ changes: [], actions: [] });
      expect(machine.daemon()).toBe(daemon);
      expect(machine.state()).toEqual(after);

      expectOutcomes(await operator.expectRun(0, 'rollback', first.run, '--yes'), ['changed']);
      expect(machine.state()).toEqual(before);

      expectOutcomes(await run(playbook), ['changed']);
      expect(machine.state()).toEqual(after);
    },
  );

  it('is right again within two minutes after its clock was set two days back, by auto', {
    timeout: 20 * MINUTES,
  }, async () => {
    expectOutcomes(await run(playbookOf('auto', 'strategy: auto')), ['changed']);
    expect(machine.sources().join('\n')).toMatch(PTP_SELECTED);
    machine.run("date -s '-2 days'");
    const offSeconds = () => Math.abs(Number(machine.run('date +%s')) - Date.now() / 1000);
    expect(offSeconds()).toBeGreaterThan(86_400);
    await expect.poll(offSeconds, { timeout: 2 * MINUTES, interval: 2_000 }).toBeLessThan(2);
  });
});
