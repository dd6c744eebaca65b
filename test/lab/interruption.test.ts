import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, NTP_SERVER, playbookOf } from './lab.js';
import { A_CHANGE_IS_MADE, Operator, outcomesOf, type RunDocument } from './operator.js';

const SETTLE_SECONDS = 5;
const GUARD_SECONDS = 40;
/** An undo restarts daemons, and the machine may be busy. */
const UNDO_SECONDS = 45;
const HOSTS = [1, 2, 3];

describe.skipIf(!canRunContainers('interruptions on real hosts'))(
  'what breaks off in the middle, on real hosts',
  () => {
    let lab: Lab;
    let operator: Operator;
    let inventory: string;
    let playbook: string;
    let before: ReturnType<Lab['stateOf']>[];

    beforeAll(async () => {
      lab = await Lab.start(HOSTS.length);
      operator = new Operator();
      inventory = operator.write('inventory.yaml', lab.inventory);
      playbook = operator.write('playbook.yaml', playbookOf(60, 120));
      before = HOSTS.map((index) => lab.stateOf(index));
    });
    afterAll(async () => {
      operator?.close();
      await lab?.stop();
    });
    beforeEach(() => {
      for (const index of HOSTS) expect(lab.leftoversOf(index)).toBe('');
    });

    const runOn = (index: number, file: string) => [
      'run',
      inventory,
      '-p',
      file,
      '--limit',
      lab.nameOf(index),
      '--yes',
      '--accept-new',
      '--jsonl',
    ];

    /** Takes back what is left of a change, so that the next test begins with the host as it was. */
    async function takeBack(by: Operator, run: string, index: number) {
      await by.expectRun(0, 'rollback', run, '--yes');
      expect(lab.stateOf(index)).toEqual(before[index - 1]);
    }

    it('leaves a host to its guard, which takes all back in its time, when tsync is killed with SIGKILL', async () => {
      const rightAfterTheFirstChange = killedAt(1, A_CHANGE_IS_MADE);
      const whileItVerifies = killedAt(2, /"type":"host-applied"/);
      await Promise.all([rightAfterTheFirstChange, whileItVerifies]);
    });

    async function killedAt(index: number, sign: RegExp) {
      const quick = operator.write(`quick${index}.yaml`, playbookOf(SETTLE_SECONDS, GUARD_SECONDS));
      const { child, ended, printed } = operator.start(runOn(index, quick));
      await printed(sign);
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
      expect(lab.transactionsOf(index).at(-1)).toMatch(/^(armed|applied)$/);
      const withinTime = { timeout: (GUARD_SECONDS + UNDO_SECONDS) * 1000, interval: 1000 };
      await expect.poll(() => lab.transactionsOf(index).at(-1), withinTime).toBe('reverted');
      await expect.poll(() => lab.leftoversOf(index), { timeout: 30_000, interval: 1000 }).toBe('');
      expect(lab.stateOf(index)).toEqual(before[index - 1]);
    }

    describe('sshd restarted, and every connection of the host cut', () => {
      it.each([
        { when: 'while changes are made', index: 1, sign: A_CHANGE_IS_MADE },
        { when: 'while they are verified', index: 2, sign: /"type":"host-applied"/ },
      ])('$when ends changed or reverted, never between', async ({ index, sign }) => {
        const { ended, printed } = operator.start(runOn(index, playbook));
        await printed(sign);
        lab.onHost(index, 'systemctl restart ssh; (sleep 0.1; pkill -KILL -f "sshd: root@notty") >/dev/null 2>&1 &');
        const { code, stdout, stderr } = await ended;
        const events = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const finished = events.find((event) => event.type === 'host-finished');
        const sources = () => lab.onHost(index, 'chronyc -c -n sources');
        expect(lab.leftoversOf(index)).toBe('');
        if (finished?.outcome === 'changed') {
          expect(code, stderr).toBe(0);
          expect(lab.transactionsOf(index).at(-1)).toBe('confirmed');
          expect(sources()).toContain(`^,*,${NTP_SERVER},`);
          await takeBack(operator, events[0].run, index);
        } else {
          expect([finished?.outcome, code], stderr).toEqual(['reverted', 5]);
          expect(lab.transactionsOf(index).at(-1)).toBe('reverted');
          expect(lab.stateOf(index)).toEqual(before[index - 1]);
        }
      });
    });

    describe('two operators on one host', () => {
      let other: Operator;
      beforeEach(() => {
        other = new Operator();
        return () => other.close();
      });

      it('refuses the second one while the first one is at work', async () => {
        const plan = other.write('plan.json', '');
        await other.expectRun(
          2,
          'plan',
          inventory,
          '-p',
          playbook,
          '--limit',
          lab.nameOf(3),
          '--accept-new',
          '-o',
          plan,
        );
        const first = operator.start(runOn(3, playbook));
        await first.printed(/"detail":"armed"/);
        const second = await other.expectRun(3, 'apply', plan, '--yes');
        expect(['failed', 'stale']).toContain(second.hosts[0]?.outcome);
        const { code, stdout, stderr } = await first.ended;
        expect(code, stderr).toBe(0);
        expect(lab.transactionsOf(3).at(-1)).toBe('confirmed');
        await takeBack(operator, JSON.parse(stdout.split('\n')[0] ?? '').run, 3);
      });

      it('lets one of two that begin together through, and tells the other', async () => {
        const people = [operator, other];
        const runs = await Promise.all(
          people.map((person) =>
            person.tsync('run', inventory, '-p', playbook, '--limit', lab.nameOf(3), '--yes', '--json', '--accept-new'),
          ),
        );
        const documents = runs.map(({ stdout }) => JSON.parse(stdout) as RunDocument);
        const outcomes = documents.flatMap((document) => outcomesOf(document));
        expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
        const loser = outcomes.findIndex((outcome) => outcome !== 'changed');
        expect(['failed', 'stale', 'drifted', 'in-sync']).toContain(outcomes[loser]);
        if (outcomes[loser] !== 'in-sync') expect(runs[loser]?.code).not.toBe(0);
        expect(lab.leftoversOf(3)).toBe('');
        const winner = 1 - loser;
        await takeBack(people[winner] as Operator, documents[winner]?.run ?? '', 3);
      });
    });
  },
);
