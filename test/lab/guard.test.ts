import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, playbookOf } from './lab.js';
import { A_CHANGE_IS_MADE, expectOutcomes, Operator, type RunDocument } from './operator.js';

const HOSTS = [1, 2, 3];

describe.skipIf(!canRunContainers('guards on real hosts'))(
  'what a killed tsync leaves, settled by somebody else',
  () => {
    let lab: Lab;
    let operator: Operator;
    /** With a home of its own: it has no store of any run. */
    let colleague: Operator;
    let inventory: string;
    let playbook: string;
    let before: ReturnType<Lab['stateOf']>[];

    beforeAll(async () => {
      lab = await Lab.start(HOSTS.length);
      operator = new Operator();
      colleague = new Operator();
      inventory = operator.write('inventory.yaml', lab.inventory);
      playbook = operator.write('playbook.yaml', playbookOf(60, 120).replace('rollout: {', 'rollout: {serial: 1, '));
      before = HOSTS.map((index) => lab.stateOf(index));
    });
    afterAll(async () => {
      operator?.close();
      colleague?.close();
      await lab?.stop();
    });

    /** Runs on these hosts and is killed as soon as it printed the sign; gives the id of the run. */
    async function killedRun(sign: RegExp, ...indexes: number[]): Promise<string> {
      const limit = indexes.map((index) => lab.nameOf(index)).join(':');
      const words = ['run', inventory, '-p', playbook, '-l', limit, '--yes', '--accept-new', '--jsonl'];
      const { child, ended, printed } = operator.start(words);
      await printed(sign);
      child.kill('SIGKILL');
      const { stdout } = await ended;
      return JSON.parse(stdout.split('\n')[0] ?? '').run;
    }

    async function listed(code: number, index: number) {
      const document = await colleague.expectRun(code, 'guard', inventory, '-l', lab.nameOf(index), '--accept-new');
      return (document as unknown as Listed).hosts[0]?.transactions ?? [];
    }

    it('lists it, extends its guard, keeps other changes away, confirms it, and rolls it back, from a machine that knows nothing of the run', async () => {
      const run = await killedRun(/"type":"host-applied"/, 1);
      const [open] = await listed(2, 1);
      expect(open).toMatchObject({ state: 'applied', run, guard: { state: 'armed' } });
      expect(open?.who).toMatch(/@/);
      expect(open?.guard.leftSeconds).toBeGreaterThan(20);
      expect(open?.guard.leftSeconds).toBeLessThanOrEqual(120);

      const refused = await colleague.tsync('run', inventory, '-p', playbook, '-l', lab.nameOf(1), '--yes', '--json');
      const { hosts } = JSON.parse(refused.stdout) as RunDocument;
      expect([refused.code, hosts[0]?.outcome, hosts[0]?.changes]).toEqual([3, 'failed', []]);
      expect(hosts[0]?.problem?.code).toBe('policy/open-transaction');
      expect(hosts[0]?.problem?.detail).toContain(open?.id);

      await colleague.expectRun(0, 'guard', inventory, '-l', lab.nameOf(1), '-t', open?.id ?? '', '--extend', '10m');
      expect((await listed(2, 1))[0]?.guard.leftSeconds).toBeGreaterThan(500);

      const ended = await colleague.tsync('guard', inventory, '-l', lab.nameOf(1), '--confirm', '--json');
      expect(ended.code, 'without an id nobody agreed').toBe(64);
      await colleague.expectRun(0, 'guard', inventory, '-l', lab.nameOf(1), '-t', run, '--confirm');
      expect(lab.transactionsOf(1)).toEqual(['confirmed']);
      expect(lab.leftoversOf(1)).toBe('');
      await colleague.expectRun(3, 'guard', inventory, '-l', lab.nameOf(1), '-t', run, '--revert');

      const unknown = await colleague.tsync('rollback', run, '--yes');
      expect([unknown.code, unknown.stderr]).toEqual([64, expect.stringContaining('--inventory FILE')]);
      const back = await colleague.expectRun(0, 'rollback', run, '--inventory', inventory, '--yes', '--accept-new');
      expectOutcomes(back, ['changed', 'skipped', 'skipped']);
      expect(lab.stateOf(1)).toEqual(before[0]);
    });

    it('takes it back at a word, wherever it was cut off', async () => {
      const run = await killedRun(A_CHANGE_IS_MADE, 2);
      await colleague.expectRun(0, 'guard', inventory, '-l', lab.nameOf(2), '-t', run, '--revert', '--accept-new');
      expect(lab.transactionsOf(2)).toEqual(['reverted']);
      expect(lab.leftoversOf(2)).toBe('');
      expect(lab.stateOf(2)).toEqual(before[1]);
      expect(await listed(0, 2)).toMatchObject([{ state: 'reverted' }]);
    });

    it('is gone on with by the one who began: the host in flight is proved, then the others are changed', async () => {
      const run = await killedRun(/"type":"host-applied"/, 1, 2, 3);
      const resumed = await operator.expectRun(0, 'resume', run, '--yes');
      expectOutcomes(resumed, ['changed', 'changed', 'changed']);
      for (const index of HOSTS) {
        expect(lab.transactionsOf(index).at(-1)).toBe('confirmed');
        expect(lab.leftoversOf(index)).toBe('');
      }
      expect((await operator.tsync('resume', resumed.run, '--yes')).code).toBe(64);
      expectOutcomes(await operator.expectRun(0, 'rollback', 'latest', '--yes'), ['changed', 'changed', 'changed']);
      expect(HOSTS.map((index) => lab.stateOf(index))).toEqual(before);
    });

    it('is taken back first by the next run, once no guard of it runs any more', async () => {
      await killedRun(/"type":"host-applied"/, 3);
      lab.onHost(3, 'systemctl stop "tsync-guard-*.timer"');
      expect((await listed(2, 3))[0]).toMatchObject({ state: 'applied', guard: { state: 'none' } });
      const words = [inventory, '-p', playbook, '-l', lab.nameOf(3)];
      expectOutcomes(await colleague.expectRun(3, 'plan', ...words), ['failed']);
      const run = await colleague.expectRun(0, 'run', ...words, '--yes');
      expectOutcomes(run, ['changed']);
      expect(JSON.stringify(run.hosts)).toContain('first taken back');
      expect(lab.transactionsOf(3).slice(-2)).toEqual(['reverted', 'confirmed']);
      expectOutcomes(await colleague.expectRun(0, 'rollback', run.run, '--yes'), ['changed']);
      expect(lab.stateOf(3)).toEqual(before[2]);
    });

    it('is cleaned away when it is over', async () => {
      const kept = lab.transactionsOf(1).length;
      expect(kept).toBeGreaterThan(2);
      const shown = await colleague.tsync('clean', inventory, '--keep', '1');
      expect([shown.code, lab.transactionsOf(1).length]).toEqual([64, kept]);
      await colleague.expectRun(0, 'clean', inventory, '--keep', '1', '--yes');
      for (const index of HOSTS) expect(lab.transactionsOf(index)).toHaveLength(1);
    });
  },
);

interface Listed {
  readonly hosts: readonly {
    readonly transactions?: readonly {
      readonly id: string;
      readonly state: string;
      readonly run: string;
      readonly who: string;
      readonly guard: { readonly state: string; readonly leftSeconds: number | null };
    }[];
  }[];
}
