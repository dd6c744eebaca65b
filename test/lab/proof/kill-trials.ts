import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadPrograms } from '#engine/programs.js';
import { invertChanges } from '#plan/invert.js';
import type { HostPlan } from '#plan/plan.js';
import { applyProgram } from '#transaction/apply-program.js';
import { verifyProgram } from '#transaction/verify-program.js';
import type { Lab } from '../lab.js';
import type { Operator } from '../operator.js';
import { runProgram, type Steps } from './direct.js';
import { loadModule } from './every-kind.js';
import { differences, type HostState, hostState } from './host-state.js';
import { withKillPoints } from './kill-points.js';

/** `isolate`: another target is isolated, which ends every unit that does not belong to it, and then the shell is killed. */
export type Victim = 'shell' | 'connection' | 'tsync' | 'power' | 'isolate';

/** One point at which one victim is killed. */
export interface Trial {
  readonly victim: Victim;
  /** As `hold` in kill-points.ts names it. */
  readonly at: string;
  /** Whether the point lies in the program that changes or in the one that confirms. */
  readonly program: 'apply' | 'confirm';
  /** Whether, after a connection was cut, somebody comes over a new one and confirms, as tsync does. */
  readonly returns: boolean;
}

/** `before` or `after`, or how the host differs from both. */
export type Ended = 'before' | 'after' | `other: ${string}`;

/** Long enough for a busy machine to come to any point; the trials wait for it, so no longer. */
const GUARD_SECONDS = 12;
/** Where the changes are to be confirmed, so that nobody waits for it; and where they are not, because the confirming is killed. */
const LONG_GUARD_SECONDS = 120;
const CONFIRM_GUARD_SECONDS = 25;
/** Playbooks of tsync: `quick` with the shortest guard there can be (30 s beside the time to settle), `patient` comes to the proof. */
export const TIMES = { quick: { settle: 2, guard: 33 }, patient: { settle: 60, guard: 95 } } as const;
export type PlanFiles = Readonly<Record<keyof typeof TIMES, string>>;
/** After the guard's time the undo itself takes its time: it restarts daemons. */
const UNDO_SECONDS = 45;
const texts = loadPrograms().texts;
const instrumented = { ...texts, transaction: withKillPoints(texts.transaction) };
const shipped = { texts, settle: verifyProgram(texts) };
const held = { texts: instrumented, settle: verifyProgram(instrumented) };

/** A furnished host on which trials are made one after the other: each begins with the host as it was before the first. */
export class TrialHost {
  readonly lab: Lab;
  readonly index: number;
  readonly plan: HostPlan;
  readonly before: HostState;
  private count = 0;

  constructor(lab: Lab, index: number, plan: HostPlan, before: HostState) {
    this.lab = lab;
    this.index = index;
    this.plan = plan;
    this.before = before;
  }

  /** Makes the changes undisturbed: the points it came by, and the host afterwards. It is put back before this returns. */
  async rehearse(): Promise<{
    readonly apply: readonly string[];
    readonly confirm: readonly string[];
    after: HostState;
  }> {
    const transaction = this.next();
    this.put('points', '');
    await this.apply(transaction, held, this.plan, LONG_GUARD_SECONDS);
    const apply = this.points();
    this.put('points', '');
    await this.confirm(transaction, held);
    const confirm = this.points();
    rmSync(this.hold('points'));
    const after = await hostState(this.lab, this.index);
    await this.putBack();
    return { apply, confirm, after };
  }

  /** Gives how the host ended once no guard is left; `after` is the state that a whole run leaves. */
  async try(trial: Trial, after: HostState, operator: Operator, planFiles: PlanFiles, patience = 1): Promise<Ended> {
    const { victim, at } = trial;
    const transaction = this.next();
    for (const name of ['reached', 'go']) rmSync(this.hold(name), { force: true });
    const aim = () => this.put('at', `${victim} ${at}\n`);
    let known: string | null = transaction;
    if (victim === 'tsync') {
      aim();
      known = await this.killTsync(operator, trial.program === 'apply' ? planFiles.quick : planFiles.patient);
    } else if (trial.program === 'confirm') {
      await this.apply(transaction, shipped, this.plan, patience * CONFIRM_GUARD_SECONDS);
      aim();
      await this.killedIn(this.confirm(transaction, held), victim);
    } else {
      aim();
      const guardSeconds = trial.returns ? LONG_GUARD_SECONDS : patience * GUARD_SECONDS;
      await this.killedIn(this.apply(transaction, held, this.plan, guardSeconds), victim);
    }
    if (!existsSync(this.hold('reached'))) {
      // On a machine that is too busy the guard comes before the point: that says nothing about the point.
      rmSync(this.hold('at'), { force: true });
      const end = await this.ended(known, after);
      if (end !== 'before' || patience > 1) throw new Error(`${this.name}: ${victim} was not killed ${at}: ${end}`);
      return this.try(trial, after, operator, planFiles, 3);
    }
    if (trial.returns) await this.comeBack(transaction);
    return this.ended(known, after);
  }

  /** Takes all back when the host is changed: the next trial must find it as the first did. */
  async putBack(): Promise<void> {
    const { changes, actions } = this.plan;
    const inverse = { ...this.plan, changes: invertChanges(changes), actions };
    const transaction = this.next();
    await this.apply(transaction, shipped, inverse, LONG_GUARD_SECONDS);
    await this.confirm(transaction, shipped);
    const wrong = differences(await hostState(this.lab, this.index), this.before);
    if (wrong.length > 0) throw new Error(`${this.name} could not be put back:\n${wrong.join('\n')}`);
  }

  private async killTsync(operator: Operator, planFile: string): Promise<string | null> {
    const { child, ended } = operator.start(['apply', planFile, '--yes', '--jsonl', '--limit', this.name]);
    await Promise.race([this.reached(), ended]);
    child.kill('SIGKILL');
    const { stdout } = await ended;
    this.put('go', '');
    return /"transaction":"([^"]+)"/.exec(stdout)?.[1] ?? null;
  }

  private async killedIn(running: Promise<Steps>, victim: Victim): Promise<void> {
    if (victim === 'power') {
      await Promise.race([this.reached(), running]);
      await this.lab.cutPower(this.index);
      await loadModule(this.lab, this.index);
    }
    await running;
  }

  /** What tsync does when a connection was cut: it connects again, and confirms what is applied. */
  private async comeBack(transaction: string): Promise<void> {
    await until(() => this.stateOf(transaction) === 'applied');
    await this.confirm(transaction, shipped);
  }

  private async reached(): Promise<void> {
    await until(() => existsSync(this.hold('reached')));
  }

  private async ended(transaction: string | null, after: HostState): Promise<Ended> {
    const isOver = async () => (await this.lab.inside(this.index, IN_FLIGHT)) === '';
    if (!(await until(isOver, TIMES.quick.guard + UNDO_SECONDS))) return 'other: a guard did not come to its end';
    const now = await hostState(this.lab, this.index);
    const state = transaction === null ? '' : this.stateOf(transaction);
    const [fromBefore, fromAfter] = [differences(now, this.before), differences(now, after)];
    if (fromBefore.length === 0 && ['', 'reverted'].includes(state)) return 'before';
    if (fromAfter.length === 0 && state === 'confirmed') return 'after';
    return `other: ${state}: ${fromBefore.join('; ')} (or ${fromAfter.join('; ')})`;
  }

  private stateOf(transaction: string): string {
    const file = this.lab.pathOn(this.index, `/var/lib/tsync/tx/${transaction}/state`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  }

  private apply(transaction: string, { texts }: typeof held, plan: HostPlan, guardSeconds: number): Promise<Steps> {
    const startedAt = new Date().toISOString();
    const meta = { transaction, run: 'trial', who: 'test@lab', version: 'trial', startedAt, guardSeconds };
    return runProgram(this.lab.target(this.index), applyProgram(texts, plan, meta), [`transaction=${transaction}`]);
  }

  private async confirm(transaction: string, { settle }: typeof held): Promise<Steps> {
    return runProgram(this.lab.target(this.index), settle, ['seconds=60'], [`confirm ${transaction}`, 'bye']);
  }

  private points(): readonly string[] {
    return readFileSync(this.hold('points'), 'utf8').trim().split('\n');
  }

  private hold(name: string): string {
    return this.lab.pathOn(this.index, `/hold/${name}`);
  }

  private put(name: string, text: string): void {
    writeFileSync(this.hold(name), text);
  }

  private next(): string {
    this.count += 1;
    return `trial-${this.count}`;
  }

  private get name(): string {
    return this.lab.nameOf(this.index);
  }
}

/** Prints what of a transaction is still at work on a host: units, an undo, a program that tsync sent. */
const IN_FLIGHT = `systemctl list-units --state=active,activating,deactivating,failed --no-legend --plain "tsync-*"
pgrep -f "[p]rogram.sh undo|ready [12]" || true`;

async function until(holds: () => boolean | Promise<boolean>, seconds = 60): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}
