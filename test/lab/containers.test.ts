import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  fingerprint,
  hostsDown,
  hostsUp,
  LAB,
  NTP_SERVER,
  Operator,
  onHost,
  servicesOf,
  startNtpServer,
  whyNoLab,
} from './lab.js';

const reason = whyNoLab(['mmdebstrap', 'systemd-nspawn', 'ip', 'chronyd', 'ssh', 'ssh-keygen', 'script']);
if (reason !== null && process.env.CI) throw new Error(reason);
if (reason !== null) console.warn(`SKIPPED: ${reason}`);

const HOSTS = [1, 2, 3];
const PLAYBOOK = `
- name: time from the lab
  hosts: all
  strategy: ntp-only
  ntp_servers: [${NTP_SERVER}]
  rollout: {settle_timeout: 60s, confirm_timeout: 120s}
  waivers:
    - rule: chrony/no-clock-control
      reason: containers share the clock of the machine
`;

describe.skipIf(reason !== null)('real systemd hosts', () => {
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  let stopNtpServer: () => void;

  beforeAll(() => {
    hostsDown();
    const text = hostsUp(HOSTS.length);
    stopNtpServer = startNtpServer();
    operator = new Operator();
    inventory = operator.write('inventory.yaml', text);
    playbook = operator.write('playbook.yaml', PLAYBOOK);
  });
  afterAll(() => {
    stopNtpServer?.();
    hostsDown();
    operator?.close();
  });

  /** Everything of /etc, and what runs, of every host. */
  const states = () =>
    HOSTS.map((index) => ({ etc: fingerprint(`${LAB.rootOf(index)}/etc`), services: servicesOf(index) }));
  const daemons = () => HOSTS.map((index) => onHost(index, 'pgrep -x chronyd | sort | xargs'));
  const lastRun = async () =>
    JSON.parse((await operator.tsync('history', '--json', '-n', '1')).stdout).runs[0].run as string;
  const outcomes = (stdout: string) => JSON.parse(stdout).hosts.map((host: { outcome: string }) => host.outcome);

  describe('as root', () => {
    let before: ReturnType<typeof states>;
    beforeEach(() => expect(onHost(1, 'ls /var/lib/tsync/tx 2>/dev/null | wc -l')).toBeTruthy());

    it('audits without changing anything', async () => {
      before = states();
      const { code, stdout } = await operator.tsync('audit', inventory, '-p', playbook, '--accept-new', '--json');
      expect(code, stdout).toBe(2);
      expect(states()).toEqual(before);
    });

    it('changes every host and proves that it follows the server', async () => {
      const { code, stdout, stderr } = await operator.tsync('run', inventory, '-p', playbook, '--yes', '--json');
      expect(code, stdout + stderr).toBe(0);
      expect(outcomes(stdout)).toEqual(['changed', 'changed', 'changed']);
      for (const index of HOSTS)
        expect(onHost(index, 'chronyc -c -n sources')).toMatch(new RegExp(`^\\^,\\*,${NTP_SERVER},`, 'm'));
    });

    it('leaves no guard, lock or unit behind', () => {
      for (const index of HOSTS) {
        expect(
          onHost(
            index,
            'systemctl list-timers --all --no-legend "tsync-*"; ls /etc/systemd/system | grep tsync-boot || true; ls /var/lib/tsync',
          ),
        ).toBe('tx\n');
      }
    });

    it('changes nothing and restarts nothing the second time', async () => {
      const running = daemons();
      const { code, stdout } = await operator.tsync('run', inventory, '-p', playbook, '--yes', '--json');
      expect(code, stdout).toBe(0);
      expect(outcomes(stdout)).toEqual(['in-sync', 'in-sync', 'in-sync']);
      expect(daemons()).toEqual(running);
    });

    it('takes everything back to the last byte, link, mode and owner', async () => {
      const runs = JSON.parse((await operator.tsync('history', '--json')).stdout).runs as {
        run: string;
        touched: number;
      }[];
      const changed = runs.find((candidate) => candidate.touched > 0);
      const { code, stdout, stderr } = await operator.tsync('rollback', changed?.run ?? '', '--yes', '--json');
      expect(code, stdout + stderr).toBe(0);
      expect(states()).toEqual(before);
    });
  });

  describe('as an ordinary user', () => {
    const asOps = (text: string) => text.replace('ansible_user: root', 'ansible_user: ops, ansible_become: true');

    it('becomes root with the sudo password', async () => {
      const ops = operator.write('ops.yaml', asOps(await readText(inventory)));
      const password = operator.write('password', 'lab\n');
      const { code, stdout, stderr } = await operator.tsync(
        'run',
        ops,
        '-p',
        playbook,
        '--yes',
        '--json',
        '--become-password-file',
        password,
      );
      expect(code, stdout + stderr).toBe(0);
      expect(outcomes(stdout)).toEqual(['changed', 'changed', 'changed']);
      const back = await operator.tsync(
        'rollback',
        await lastRun(),
        '--yes',
        '--json',
        '--become-password-file',
        password,
      );
      expect(back.code, back.stdout + back.stderr).toBe(0);
    });

    it('tries a wrong sudo password once in the whole fleet', async () => {
      const ops = operator.write('ops.yaml', asOps(await readText(inventory)));
      const password = operator.write('wrong', 'not-the-password\n');
      for (const index of HOSTS) onHost(index, 'journalctl --rotate -q; journalctl --vacuum-time=1s -q; true');
      const { code, stdout } = await operator.tsync(
        'run',
        ops,
        '-p',
        playbook,
        '--yes',
        '--json',
        '--become-password-file',
        password,
      );
      expect(code).toBe(3);
      expect(outcomes(stdout)).toEqual(['failed', 'failed', 'failed']);
      expect(stdout).toContain('privilege/wrong-password');
      const tried = HOSTS.map((index) =>
        Number(onHost(index, 'journalctl -q -o cat | grep -c "authentication failure" || true')),
      );
      expect(tried.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
    });
  });

  it('puts a host back by its guard when tsync is killed after the first change', async () => {
    const quick = operator.write(
      'quick.yaml',
      PLAYBOOK.replace('settle_timeout: 60s, confirm_timeout: 120s', 'settle_timeout: 5s, confirm_timeout: 40s'),
    );
    const before = states()[0];
    const child = operator.start(['run', inventory, '-p', quick, '--limit', 'tsci1', '--yes', '--jsonl']);
    let seen = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        seen += chunk;
        if (/"type":"apply-step"[^\n]*"detail":"done"/.test(seen)) {
          child.kill('SIGKILL');
          resolve();
        }
      });
      child.on('close', () => resolve());
    });
    expect(seen).toContain('"apply-step"');
    const state = () => onHost(1, 'cat /var/lib/tsync/tx/*/state').trim().split('\n').at(-1);
    for (let second = 0; second < 80 && state() !== 'reverted'; second++)
      await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(state()).toBe('reverted');
    await expect.poll(() => states()[0], { timeout: 20_000 }).toEqual(before);
  });
});

async function readText(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(file, 'utf8');
}
