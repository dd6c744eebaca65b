import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { expectOutcomes, Operator } from './operator.js';

const GUARD_SECONDS = 40;
const UNDO_SECONDS = 60;
const HOSTS = [1, 2];
const aChangeIsMadeOn = (host: string) =>
  new RegExp(`"type":"apply-step"[^\n]*"host":"${host}"[^\n]*"step":"file:[^\n]*"detail":"done"`);

describe.skipIf(!canRunContainers('hosts without systemd'))('Debian 12 with sysvinit and with OpenRC', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let before: ReturnType<typeof states>;

  const states = () => HOSTS.map((index) => lab.stateOf(index));
  const daemons = () => HOSTS.map((index) => lab.daemonOf(index));

  beforeAll(async () => {
    lab = await Lab.start(['sysv', 'openrc']);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', playbookOf(90, 150));
    before = states();
  });
  afterAll(async () => {
    operator?.close();
    await lab?.stop();
  });
  beforeEach(() => {
    for (const index of HOSTS) expect(lab.leftoversOf(index)).toBe('');
  });

  it('are changed and proved, left alone the second time, and taken back to the last byte and link', async () => {
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes', '--accept-new');
    expectOutcomes(run, ['changed', 'changed']);
    expect(run.hosts.map(({ source }) => source)).toEqual([NTP_SERVER, NTP_SERVER]);
    for (const index of HOSTS) {
      expect(lab.leftoversOf(index)).toBe('');
      expect(lab.transactionsOf(index)).toEqual(['confirmed']);
      expect(lab.onHost(index, 'chronyc -c -n sources')).toContain(`^,*,${NTP_SERVER},`);
    }
    const [running, after] = [daemons(), states()];
    const second = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
    expectOutcomes(second, ['in-sync', 'in-sync']);
    expect(daemons()).toEqual(running);
    expect(states()).toEqual(after);
    await takeBack(run.run);
  });

  it('get chrony linked and started where it was switched off, by links that a boot follows', async () => {
    for (const index of HOSTS) lab.onHost(index, 'update-rc.d chrony disable 2>&1; service chrony stop');
    const off = states();
    const run = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
    expectOutcomes(run, ['changed', 'changed']);
    for (const index of HOSTS) {
      await lab.cutPower(index);
      expect(lab.onHost(index, 'chronyc -c -n sources')).toContain(NTP_SERVER);
    }
    const rollback = await operator.expectRun(0, 'rollback', run.run, '--yes');
    expectOutcomes(rollback, ['changed', 'changed']);
    expect(states()).toEqual(off);
    for (const index of HOSTS) lab.onHost(index, 'update-rc.d chrony enable; service chrony start');
    expect(states()).toEqual(before);
  });

  it('are left to their guards, which take all back in their time, when tsync is killed with SIGKILL', async () => {
    await killed();
    for (const index of HOSTS) expect(lab.transactionsOf(index).at(-1)).toMatch(/^(armed|applied)$/);
    const withinTime = { timeout: (GUARD_SECONDS + UNDO_SECONDS) * 1000, interval: 1000 };
    const last = () => HOSTS.map((index) => lab.transactionsOf(index).at(-1));
    await expect.poll(last, withinTime).toEqual(['reverted', 'reverted']);
    for (const index of HOSTS) {
      await expect.poll(() => lab.leftoversOf(index), { timeout: 30_000, interval: 1000 }).toBe('');
      expect(lab.stateOf(index)).toEqual(before[index - 1]);
    }
  });

  it('lose their power in mid-apply, and are as before when they have booted, before chronyd starts', async () => {
    await killed();
    for (const index of HOSTS) {
      expect(lab.transactionsOf(index).at(-1)).toMatch(/^(armed|applied)$/);
      await lab.cutPower(index);
      expect(lab.transactionsOf(index).at(-1)).toBe('reverted');
      expect(lab.leftoversOf(index)).toBe('');
      expect(lab.stateOf(index)).toEqual(before[index - 1]);
      const [reverted, started] = lab.onHost(index, REVERTED_AND_STARTED).split('\n').map(Number);
      expect(reverted).toBeGreaterThan(0);
      expect(reverted).toBeLessThan(started ?? 0);
    }
  });

  async function killed() {
    const quick = operator.write('quick.yaml', playbookOf(5, GUARD_SECONDS));
    const { child, ended, printed } = operator.start(['run', inventory, '-p', quick, '--yes', '--jsonl']);
    await Promise.all(HOSTS.map((index) => printed(aChangeIsMadeOn(lab.nameOf(index)))));
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
  }

  async function takeBack(run: string) {
    const rollback = await operator.expectRun(0, 'rollback', run, '--yes');
    expectOutcomes(rollback, ['changed', 'changed']);
    expect(states()).toEqual(before);
  }
});

/** Both in seconds since the machine started: when the boot took all back, and when chronyd started. */
const REVERTED_AND_STARTED = `cat $(ls -tr /var/lib/tsync/tx/*/journal) | awk '/undo boot/ {b=1} b && /transaction reverted/ {r=$1} END {print r}'
awk '{print $22 / 100}' /proc/$(pidof chronyd | tr ' ' '\\n' | sort -n | head -n 1)/stat`;
