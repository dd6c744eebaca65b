import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrograms } from '#engine/programs.js';
import type { Change, States } from '#resources/resource.js';
import { applyProgram } from '#transaction/apply-program.js';
import { verifyProgram } from '#transaction/verify-program.js';
import { TOP } from '../operator.js';
import { runProgram } from '../proof/direct.js';
import { withKillPoints } from '../proof/kill-points.js';
import { canRunLab } from '../requirements.js';
import { Machine, startMachine, stopMachines } from './machine.js';

const MINUTES = 60_000;
/** Far longer than all takes: what takes the changes back must be the boot. */
const GUARD_SECONDS = 3000;
/** A file system writes what was renamed after 5 s, but what is in new files only after 30 s: the worst moment lies between. */
const WORST_MOMENT_MS = 10_000;
const PARAMETER = '/sys/module/hv_utils/parameters/timesync_implicit';

const asked = process.env.TSYNC_LAB_VM === '1';
if (!asked) console.warn('SKIPPED reboots of the emulated machine: it takes minutes; `npm run lab:vm` runs it');
const needed = ['mmdebstrap', 'qemu-system-x86_64', 'qemu-img', 'socat', 'ssh', 'ssh-keygen', 'mke2fs'];
const runs = asked && canRunLab('reboots of the emulated machine', needed, true);

type Reboot = 'power lost' | 'orderly';
const CASES: readonly { readonly at: string; readonly reboot: Reboot; readonly end: 'reverted' | 'confirmed' }[] = [
  { at: 'after state armed', reboot: 'power lost', end: 'reverted' },
  { at: 'before journal file:/etc/chrony/chrony.conf done', reboot: 'power lost', end: 'reverted' },
  { at: 'after journal service:proof.service done', reboot: 'orderly', end: 'reverted' },
  { at: 'before journal module-parameter:hv_utils.timesync_implicit done', reboot: 'power lost', end: 'reverted' },
  { at: 'after state applied', reboot: 'power lost', end: 'reverted' },
  { at: 'after state applied', reboot: 'orderly', end: 'reverted' },
  { at: 'before disarm', reboot: 'power lost', end: 'confirmed' },
];

const { texts } = loadPrograms();
const held = { ...texts, transaction: withKillPoints(texts.transaction) };

describe.skipIf(!runs)('a machine that boots again in the middle of a change', () => {
  const machine = new Machine(1);
  const rows: string[] = [];
  let changes: readonly Change[];
  let before: State;

  beforeAll(async () => {
    startMachine();
    machine.run(`set -e; mkdir -p /hold
      printf '[Unit]\\nDescription=stand-in\\n[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/lib/systemd/system/proof.service
      chmod 640 /etc/chrony/chrony.conf; chown root:_chrony /etc/chrony/chrony.conf; systemctl daemon-reload`);
    changes = changesOf(machine);
    await machine.reset();
    before = await settled();
  }, 30 * MINUTES);
  afterAll(() => stopMachines(), MINUTES);

  it.each(CASES)('$at, $reboot: $end', { timeout: 20 * MINUTES }, async ({ at, reboot, end }) => {
    const transaction = `boot${rows.length + 1}`;
    machine.run('rm -f /hold/*');
    if (end === 'reverted') {
      machine.run(`echo 'power ${at}' >/hold/at`);
      void runProgram(machine.target, programFor(transaction, held), [`transaction=${transaction}`]);
    } else {
      await runProgram(machine.target, programFor(transaction, texts), [`transaction=${transaction}`]);
      machine.run(`echo 'power ${at}' >/hold/at`);
      void runProgram(
        machine.target,
        verifyProgram({ ...texts, ...held }),
        ['seconds=600'],
        [`confirm ${transaction}`],
      );
    }
    await expect.poll(() => machine.run('ls /hold'), { timeout: 4 * MINUTES, interval: 1_000 }).toContain('reached');
    await new Promise((resolve) => setTimeout(resolve, WORST_MOMENT_MS));
    await machine.reset(reboot === 'orderly' ? 'orderly' : 'power');

    expect(machine.run(`cat /var/lib/tsync/tx/${transaction}/state`).trim()).toBe(end);
    if (end === 'reverted') {
      await expect.poll(stateNow, { timeout: 3 * MINUTES, interval: 5_000 }).toEqual(before);
      expect(restoredAt(transaction)).toBeLessThan(chronyStartedAt());
    } else {
      expect(machine.run("grep -c 'server 192.0.2.1' /etc/chrony/chrony.conf")).toBe('1\n');
      expect(machine.run(`cat ${PARAMETER}`)).not.toBe(before.parameter);
      expect(machine.run('systemctl is-active proof').trim()).toBe('active');
      expect(machine.run('find /etc /run/systemd -name "*tsync-boot*"')).toBe('');
    }
    rows.push(
      `| ${at} | ${reboot} | ${end === 'reverted' ? 'as before, before chronyd started' : 'as planned, confirmed'} |`,
    );
  });

  it('is written down', () => {
    expect(rows).toHaveLength(CASES.length);
    const what = machine
      .run('. /etc/os-release; echo "$PRETTY_NAME, $(uname -r), $(systemctl --version | head -n 1)"')
      .trim();
    writeFileSync(join(TOP, 'docs/proof/reboots.md'), page(rows, what));
  });

  interface State {
    readonly state: ReturnType<Machine['state']>;
    readonly parameter: string;
  }
  const stateNow = (): State => ({ state: machine.state(), parameter: machine.run(`cat ${PARAMETER}`) });

  /** What runs a while after a boot, when nothing comes and goes any more. */
  async function settled(): Promise<State> {
    for (let last = stateNow(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      const now = stateNow();
      if (JSON.stringify(now) === JSON.stringify(last)) return now;
      last = now;
    }
  }

  function programFor(transaction: string, of: typeof texts): Uint8Array {
    const actions = [
      { kind: 'restart', name: 'chrony.service', after: [], withoutSyncSeconds: 0, mayStep: false },
    ] as const;
    const plan = { host: 'vm1', changes, actions, planDigest: 'proof' };
    const startedAt = new Date().toISOString();
    const meta = {
      transaction,
      run: 'proof',
      who: 'test@lab',
      version: 'proof',
      startedAt,
      guardSeconds: GUARD_SECONDS,
    };
    return applyProgram(of, plan, meta);
  }

  /** Both in seconds since boot, by the monotonic clock. */
  const restoredAt = (transaction: string) =>
    Number(
      machine.run(`awk '$2 " " $3 == "transaction reverted" { print $1 }' /var/lib/tsync/tx/${transaction}/journal`),
    );
  const chronyStartedAt = () =>
    Number(machine.run('systemctl show -p ExecMainStartTimestampMonotonic --value chrony')) / 1e6;
});

/** A file that is edited, one that is made, a service that is started and enabled, a module's parameter. */
function changesOf(machine: Machine): readonly Change[] {
  const old = machine.run('cat /etc/chrony/chrony.conf');
  const file = (text: string, mode: string, group: string): States['file'] => ({
    bytes: new TextEncoder().encode(text),
    mode,
    owner: 'root',
    group,
    truncated: false,
  });
  const wants = '/etc/systemd/system/multi-user.target.wants/proof.service -> /usr/lib/systemd/system/proof.service';
  const value = machine.run(`cat ${PARAMETER}`).trim();
  const after = value === 'N' ? 'Y' : 'N';
  return [
    {
      kind: 'file',
      id: 'file:/etc/chrony/chrony.conf',
      name: '/etc/chrony/chrony.conf',
      before: file(old, '0640', '_chrony'),
      after: file(`${old}server 192.0.2.1 iburst\n`, '0640', '_chrony'),
      because: 'proof',
    },
    {
      kind: 'file',
      id: 'file:/etc/modprobe.d/proof.conf',
      name: '/etc/modprobe.d/proof.conf',
      before: null,
      after: file(`options hv_utils timesync_implicit=${Number(after === 'Y')}\n`, '0644', 'root'),
      because: 'proof',
    },
    {
      kind: 'service',
      id: 'service:proof.service',
      name: 'proof.service',
      before: { active: false, masked: false, links: [] },
      after: { active: true, masked: false, links: [wants] },
      because: 'proof',
    },
    {
      kind: 'module-parameter',
      id: 'module-parameter:hv_utils.timesync_implicit',
      name: 'hv_utils.timesync_implicit',
      before: { value },
      after: { value: after },
      because: 'proof',
    },
  ];
}

function page(rows: readonly string[], what: string): string {
  return `# A machine that boots again in the middle of a change

Written by \`test/lab/vm/reboots.test.ts\` (\`npm run lab:vm\`; not part of CI, because an emulated machine takes minutes), on
${new Date().toISOString().slice(0, 10)} with ${what}.

A file is edited, one is made, a service is enabled and started, a module's parameter is set, chronyd is restarted; the guard has ${GUARD_SECONDS} s, so that only
the boot can take anything back. At the point the program on the host stands still, and after ${WORST_MOMENT_MS / 1000} s the machine is reset, so that what was not
written to its disk by then is lost ("power lost"; at that moment ext4 has written what was renamed, and not yet what is in new files), or reboots by systemd ("orderly"). Afterwards every path of /etc with mode, owner and content, what is enabled
and what runs, and the parameter are compared with a boot before any change. Seven reboots in containers are in the [kill matrix](kill-matrix.md).

| at this point | reboot | the host afterwards |
| --- | --- | --- |
${rows.join('\n')}
`;
}
