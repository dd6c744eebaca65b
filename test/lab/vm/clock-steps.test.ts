import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPrograms } from '#engine/programs.js';
import type { HostPlan } from '#plan/plan.js';
import { applyProgram } from '#transaction/apply-program.js';
import { TOP } from '../operator.js';
import { runProgram } from '../proof/direct.js';
import { canRunLab } from '../requirements.js';
import { Machine, startMachine, stopMachines } from './machine.js';

const GUARD_SECONDS = 40;
const WITHIN_SECONDS = 2;
const STEPS = ['+1 hour', '-1 hour', '+2 days', '-2 days'];
const FILE = '/etc/tsync-proof';

const asked = process.env.TSYNC_LAB_VM === '1';
if (!asked) console.warn('SKIPPED clock steps on the emulated machine: it takes minutes; `npm run lab:vm` runs it');
const needed = ['mmdebstrap', 'qemu-system-x86_64', 'qemu-img', 'socat', 'ssh', 'ssh-keygen', 'mke2fs'];
const runs = asked && canRunLab('clock steps on the emulated machine', needed, true);

describe.skipIf(!runs)('a clock that is stepped while a guard is armed', () => {
  const machine = new Machine(1);
  const rows: string[] = [];

  beforeAll(() => {
    startMachine();
    machine.run('systemctl stop chrony');
  }, 1_800_000);
  afterAll(() => stopMachines(), 60_000);

  it.each(STEPS)('by %s: the guard fires within 2 seconds of its time', { timeout: 600_000 }, async (step) => {
    const transaction = `step${STEPS.indexOf(step)}`;
    const steps = await runProgram(machine.target, programFor(transaction), [`transaction=${transaction}`]);
    expect(steps.at(-1)).toBe('transaction applied');
    const armed = armedAt(transaction);
    machine.run(`date -s "$(date -d '${step}')"`);
    await expect.poll(() => state(transaction), { timeout: 180_000, interval: 2_000 }).toBe('reverted');
    machine.run(`date -s "$(date -d '${inverse(step)}')"`);
    const late = firedAt(transaction) - armed - GUARD_SECONDS;
    expect(machine.run(`ls ${FILE} 2>&1 || true`)).toContain('No such file');
    expect(Math.abs(late)).toBeLessThanOrEqual(WITHIN_SECONDS);
    rows.push(`| ${step} | ${GUARD_SECONDS} s | ${(GUARD_SECONDS + late).toFixed(1)} s | as before |`);
  });

  it('is written down', () => {
    expect(rows).toHaveLength(STEPS.length);
    const what = machine
      .run('. /etc/os-release; echo "$PRETTY_NAME, $(uname -r), $(systemctl --version | head -n 1)"')
      .trim();
    writeFileSync(join(TOP, 'docs/proof/clock-steps.md'), page(rows, what));
  });

  const state = (transaction: string) => machine.run(`cat /var/lib/tsync/tx/${transaction}/state`).trim();

  /** Seconds since boot, by the monotonic clock: when the timer began to count, and when the undo began. */
  const armedAt = (transaction: string) =>
    Number(machine.run(`systemctl show -p ActiveEnterTimestampMonotonic --value tsync-guard-${transaction}.timer`)) /
    1e6;
  const firedAt = (transaction: string) =>
    Number(machine.run(`awk '$2 " " $3 == "undo guard" { print $1; exit }' /var/lib/tsync/tx/${transaction}/journal`));
});

function programFor(transaction: string): Uint8Array {
  const after = {
    bytes: new TextEncoder().encode('proof\n'),
    mode: '0644',
    owner: 'root',
    group: 'root',
    truncated: false,
  } as const;
  const change = { id: `file:${FILE}`, kind: 'file', name: FILE, before: null, after, because: 'proof' } as const;
  const plan: Pick<HostPlan, 'host' | 'changes' | 'actions' | 'planDigest'> = {
    host: 'vm1',
    changes: [change],
    actions: [],
    planDigest: 'proof',
  };
  const startedAt = new Date().toISOString();
  const meta = { transaction, run: 'proof', who: 'test@lab', version: 'proof', startedAt, guardSeconds: GUARD_SECONDS };
  return applyProgram(loadPrograms().texts, plan, meta);
}

const inverse = (step: string) => (step.startsWith('+') ? `-${step.slice(1)}` : `+${step.slice(1)}`);

function page(rows: readonly string[], what: string): string {
  return `# The clock stepped while a guard is armed

Written by \`test/lab/vm/clock-steps.test.ts\` (\`npm run lab:vm\`; not part of CI, because an emulated machine takes minutes), on
${new Date().toISOString().slice(0, 10)} with ${what}.

The guard is armed, a file is changed, the clock is stepped with date(1), and nobody confirms. From when the timer began to count until the
undo began, by the monotonic clock; the test allows ${WITHIN_SECONDS} s.

| step of the clock | guard | fired after | the host afterwards |
| --- | ---: | ---: | --- |
${rows.join('\n')}
`;
}
