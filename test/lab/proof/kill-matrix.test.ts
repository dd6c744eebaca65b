import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostPlan } from '#plan/plan.js';
import { type PlanFile, parsePlan, serialisePlan } from '#plan/plan-file.js';
import { canRunContainers, Lab, playbookOf } from '../lab.js';
import { Operator, TOP } from '../operator.js';
import { planKeyOf } from '../plan-key.js';
import { furnish, withEveryKind } from './every-kind.js';
import { type HostState, hostState } from './host-state.js';
import { killMatrixPage } from './kill-matrix-page.js';
import { type Ended, type PlanFiles, TIMES, type Trial, TrialHost } from './kill-trials.js';
import { copyWithKillPoints } from './tsync-copy.js';

const HOSTS = [1, 2, 3, 4, 5, 6, 7, 8].slice(0, Number(process.env.TSYNC_PROOF_HOSTS ?? 8));
/** A hundred trials, most of which wait for a guard: 13 minutes beside other work. */
const WHOLE_MS = 2_400_000;
/** One victim alone, to look at it; the page is then not compared. */
const ONLY = process.env.TSYNC_KILL_ONLY;

describe.skipIf(!canRunContainers('the kill matrix'))(
  'whatever is killed, at every journalled step, on real hosts',
  () => {
    let lab: Lab;
    let operator: Operator;
    let copy: ReturnType<typeof copyWithKillPoints>;
    let plans: PlanFiles;
    let hosts: readonly TrialHost[];
    const ended: { readonly trial: Trial; readonly end: Ended }[] = [];

    beforeAll(async () => {
      lab = await Lab.start(HOSTS.length);
      copy = copyWithKillPoints();
      operator = new Operator(copy.top);
      await Promise.all(HOSTS.map((index) => furnish(lab, index)));
      const made = await planForAll();
      plans = { quick: write('quick', made), patient: write('patient', made) };
      hosts = await Promise.all(
        HOSTS.map(async (index) => new TrialHost(lab, index, planOf(made, index), await hostState(lab, index))),
      );
    });
    afterAll(async () => {
      operator?.close();
      copy?.remove();
      await lab?.stop();
    });

    /** Planned again where a busy machine let a host time out. */
    async function planForAll(): Promise<PlanFile> {
      const inventory = operator.write('inventory.yaml', lab.inventory);
      const file = operator.write('plan.json', '');
      const options = ['-p', playbookFor('quick'), '--accept-new', '--no-preflight', '-f', '2', '-o', file];
      for (let attempt = 1; ; attempt++) {
        const { stderr } = await operator.tsync('plan', inventory, ...options);
        const plan = withEveryKind(
          parsePlan(readFileSync(file, 'utf8'), file, { key: planKeyOf(operator), sha256: null }),
        );
        if (plan.plans.length === HOSTS.length) return plan;
        if (attempt === 5) throw new Error(`not every host could be planned for:\n${stderr}`);
      }
    }

    function planOf({ plans }: PlanFile, index: number): HostPlan {
      const found = plans.find(({ host }) => host === lab.nameOf(index));
      if (found === undefined) throw new Error(`there is no plan for host ${index}`);
      return found;
    }

    const playbookFor = (name: keyof typeof TIMES) =>
      operator.write(`${name}.yaml`, playbookOf(TIMES[name].settle, TIMES[name].guard));

    function write(name: keyof typeof TIMES, plan: PlanFile): string {
      const playbook = playbookFor(name);
      const playbookDigest = createHash('sha256').update(readFileSync(playbook)).digest('hex');
      return operator.write(`${name}.json`, serialisePlan({ ...plan, playbook, playbookDigest }, planKeyOf(operator)));
    }

    it(
      'ends as before, or changed and confirmed, and never in any other state',
      async () => {
        const { apply, confirm, after } = await hosts[0]!.rehearse();
        const trials = trialsAt(apply, confirm).filter(({ victim }) => ONLY === undefined || victim === ONLY);
        expect(trials.length).toBeGreaterThan(ONLY === undefined ? 60 : 0);
        await Promise.all(hosts.map((host) => work(host, trials, after)));
        const others = ended.filter(({ end }) => end !== 'before' && end !== 'after');
        expect(others).toEqual([]);
        if (ONLY !== undefined) return;
        await expect(killMatrixPage([...apply, ...confirm], ended)).toMatchFileSnapshot(
          join(TOP, 'docs/proof/kill-matrix.md'),
        );
      },
      WHOLE_MS,
    );

    /** Takes one trial after the other from the list that all hosts share. */
    async function work(host: TrialHost, trials: Trial[], after: HostState): Promise<void> {
      for (let trial = trials.shift(); trial !== undefined; trial = trials.shift()) {
        const end = await host.try(trial, after, operator, plans).catch((error): Ended => `other: ${error.message}`);
        ended.push({ trial, end });
        if (end === 'after') await host.putBack();
        else if (end !== 'before') return;
      }
    }
  },
);

/** Those that take longest first. The shell is killed at every point, the others at a spread of them. */
function trialsAt(apply: readonly string[], confirm: readonly string[]): Trial[] {
  const points = [
    ...apply.map((at) => ({ at, program: 'apply' as const })),
    ...confirm.map((at) => ({ at, program: 'confirm' as const })),
  ];
  const every = (victim: Trial['victim'], stride: number, first: number): Trial[] =>
    points
      .filter((_, place) => place % stride === first)
      .map((point, place) => ({ ...point, victim, returns: victim === 'connection' && place % 2 === 1 }));
  const sides = [
    ...every('tsync', 5, 1),
    ...every('power', 8, 2),
    ...every('isolate', 7, 4),
    ...every('connection', 4, 3),
  ];
  return [...sides, ...every('shell', 1, 0)];
}
