import type { Frame } from '#conversation/frames.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { HostPlan } from '#plan/plan.js';
import { summariseHost } from '#run/host-summary.js';
import type { Outcome } from '#run/outcome.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import { recordOf } from '#transaction/image-record.js';
import type { EngineDeps } from './deps.js';
import { finishHost, type HostEnd } from './finish-host.js';
import { foundKept } from './found-kept.js';
import type { HostTask } from './host-task.js';
import { assembled, isMeasurable, type Probed } from './probe-host.js';
import { revertOnHost } from './revert-on-host.js';
import { answerOf, type SettleDialog, withSettleDialog } from './settle-dialog.js';
import { undoInImage } from './settle-image.js';
import { SettleTime } from './settle-time.js';
import { problemOf } from './trouble.js';

/** What a probe after the change says: what is still missing (nothing: proved), or why waiting cannot help. */
export interface Standing {
  readonly waitingFor: readonly string[];
  readonly hopeless: string | null;
}

export type StandingOf = (probed: Probed) => Standing;

export interface SettleTask {
  readonly task: HostTask;
  readonly plan: Pick<HostPlan, 'changes'>;
  readonly standingOf: StandingOf;
  /** What the probe reads beside all else: `askedBy`. */
  readonly asked: readonly string[];
  readonly transaction: string;
  readonly guardSeconds: number;
  /** How many of the extensions that a person gave this host has had, or began too late for. */
  readonly extensions: { given: number };
  /** Why the apply program's end is not known, null when it said that all is applied. */
  readonly trouble: Problem | null;
  /** Whether the host has said that the guard was armed: a record that is gone then is no proof that nothing was changed. */
  readonly begun: boolean;
}

/** What the conversations with one host have in common. */
interface Seen {
  begun: boolean;
  readonly tellFound: (frames: readonly Frame[]) => void;
}

const BETWEEN_ATTEMPTS_MS = 1_000;
const BETWEEN_CONNECTIONS_MS = 2_000;
/** So that a conversation in which the guard is extended need not begin anew. */
const LONGER_SECONDS = 600;

/**
 * Proves a change over new connections and gives the verdict; when the host cannot be reached, asks until after the guard's time
 * what became of it. Emits `host-finished`; gives the outcome.
 */
export async function settleHost(input: SettleTask, deps: EngineDeps): Promise<Outcome> {
  const { monotonicMs, sleep } = deps.clock;
  const host = input.task.host.name;
  const { settleTimeoutSeconds } = input.task.settings.settings.rollout;
  const time = new SettleTime(monotonicMs(), settleTimeoutSeconds, input.guardSeconds);
  const seen: Seen = { begun: input.begun, tellFound: foundKept(host, input.transaction, deps) };
  let trouble = input.trouble;
  while (monotonicMs() < time.giveUpMs && !deps.leaveSignal.aborted) {
    try {
      const seconds = Math.ceil((time.giveUpMs - monotonicMs()) / 1000) + LONGER_SECONDS;
      const { asked } = input;
      const end = await withSettleDialog(input.task.host, deps, { seconds, asRoot: true, asked }, (dialog) =>
        settleOver(dialog, input, seen, time, deps),
      );
      if (end !== null) return finishHost(host, end, deps);
    } catch (error) {
      trouble = problemOf(error);
    }
    await sleep(BETWEEN_CONNECTIONS_MS, deps.leaveSignal);
  }
  const why = deps.leaveSignal.aborted ? 'It was left to its guard.' : (trouble?.detail ?? 'It gave no answer.');
  const guardUnknown = problem(
    'verify/guard-unknown',
    `How transaction ${input.transaction} ended could not be learned. ${why}`,
  );
  return finishHost(host, { outcome: 'guard-unknown', problem: guardUnknown }, deps);
}

/** One conversation: reads the transaction's state from the host, and goes on from there. Null: ask again later. */
async function settleOver(
  dialog: SettleDialog,
  input: SettleTask,
  seen: Seen,
  time: SettleTime,
  deps: EngineDeps,
): Promise<HostEnd | null> {
  const frames = await dialog.request(`state ${input.transaction}`);
  seen.tellFound(frames);
  const state = answerOf(frames, 'state');
  if (seen.begun && (state === 'absent' || state === 'preparing')) return recordGone(input, state);
  seen.begun ||= state !== 'absent' && state !== 'preparing' && state !== '';
  switch (state) {
    case 'applied':
      return verify(dialog, input, seen, time, deps);
    case 'confirmed':
      return { outcome: 'changed' };
    case 'reverted':
      return {
        outcome: 'reverted',
        problem: input.trouble ?? problem('verify/reverted-by-guard', 'Its guard took the changes back.'),
      };
    case 'absent':
      return {
        outcome: 'failed',
        problem: input.trouble ?? problem('apply/not-begun', 'The host knows nothing of this transaction.'),
      };
    case 'armed':
    case 'lost':
    case 'failed':
      // Broke off in the middle: nobody else will finish it, so it is taken back now and not only at the guard's time.
      return revert(
        dialog,
        input,
        seen,
        input.trouble?.detail ?? 'The apply program did not come to its end.',
        deps,
        null,
      );
    case 'preparing':
      return clearAway(dialog, input);
    default:
      // reverting: the undo is at work.
      return null;
  }
}

/** The host had a guard armed, and now knows nothing of a change: that its record went says nothing of the changes. */
function recordGone({ transaction }: SettleTask, state: 'absent' | 'preparing'): HostEnd {
  const now = state === 'absent' ? 'knows nothing of it any more' : 'has no record of a change of it any more';
  const detail =
    `The host had armed the guard of transaction ${transaction}, and ${now}: /var/lib/tsync was emptied or replaced. ` +
    'Whether the changes are in place is not known, and nothing takes them back.';
  return { outcome: 'guard-unknown', problem: problem('verify/guard-unknown', detail) };
}

/** What died before it changed anything is cleaned away, which the host refuses while the apply program lives. Null: it does. */
async function clearAway(dialog: SettleDialog, input: SettleTask): Promise<HostEnd | null> {
  const answer = answerOf(await dialog.request(`clean ${input.transaction}`), 'clean');
  if (answer !== 'cleaned') return null;
  const why = input.trouble?.detail ?? 'The apply program did not come to its end.';
  return {
    outcome: 'failed',
    problem: problem('apply/not-begun', `${why} Nothing was touched.`),
  };
}

async function verify(
  dialog: SettleDialog,
  input: SettleTask,
  seen: Seen,
  time: SettleTime,
  deps: EngineDeps,
): Promise<HostEnd | null> {
  const { monotonicMs, sleep } = deps.clock;
  const begunMs = monotonicMs();
  for (let attempt = 1; ; attempt++) {
    await giveMoreTime(dialog, input, time, deps);
    // The clock after the daemon: one that has just been told its source may still step between the two.
    const frames = await dialog.request('probe');
    const clock = isMeasurable(input.task.host) ? await dialog.measureClock() : null;
    await deps.turn();
    const probed = assembled([...frames, { type: 'done' }], clock);
    const standing = input.standingOf(probed);
    const { name: host } = input.task.host;
    deps.emit({
      type: 'verify-attempt',
      host,
      attempt,
      waitingFor: standing.waitingFor.map((text) => printable(text)),
      clock,
    });
    const { source, daemon } = summariseHost(probed.facts);
    if (standing.waitingFor.length === 0 && standing.hopeless === null)
      return confirm(dialog, input, deps, { clock, source, daemon });
    if (standing.hopeless !== null) return revert(dialog, input, seen, standing.hopeless, deps, clock);
    if (monotonicMs() >= time.settleUntilMs) {
      const waited = Math.round((monotonicMs() - begunMs) / 1000);
      const reason = `After ${waited} s it still waited for ${standing.waitingFor.join(', ')}.`;
      return revert(dialog, input, seen, reason, deps, clock);
    }
    await sleep(BETWEEN_ATTEMPTS_MS, deps.leaveSignal);
    if (deps.leaveSignal.aborted) return null;
  }
}

/** Extends the guard, and the time to settle with it, as often as a person asked for it since this host began. */
async function giveMoreTime(
  dialog: SettleDialog,
  { task, transaction, extensions }: SettleTask,
  time: SettleTime,
  deps: EngineDeps,
): Promise<void> {
  while (extensions.given < deps.pace.extensions) {
    extensions.given++;
    const seconds = time.extensionSeconds(deps.clock.monotonicMs());
    const answer = answerOf(await dialog.request(`extend ${transaction} ${seconds}`), 'extend');
    if (answer !== 'extended') return;
    time.extended();
    deps.emit({ type: 'guard-extended', host: task.host.name, transaction, seconds });
  }
}

async function confirm(
  dialog: SettleDialog,
  input: SettleTask,
  deps: EngineDeps,
  proved: Pick<HostEnd, 'clock' | 'source' | 'daemon'>,
): Promise<HostEnd | null> {
  const { transaction } = input;
  deps.emit({ type: 'verdict', host: input.task.host.name, transaction, verdict: 'confirm', reason: 'proved' });
  const answer = answerOf(await dialog.request(`confirm ${transaction}`), 'confirm');
  if (answer === 'confirmed') return { outcome: 'changed', ...proved };
  // Refused: the guard was quicker, or is at work. What it did is read in the next conversation.
  return null;
}

async function revert(
  dialog: SettleDialog,
  input: SettleTask,
  seen: Seen,
  reason: string,
  deps: EngineDeps,
  clock: ClockMeasurement | null,
): Promise<HostEnd> {
  const { transaction } = input;
  deps.emit({ type: 'verdict', host: input.task.host.name, transaction, verdict: 'revert', reason: printable(reason) });
  const { host } = input.task;
  const answer =
    host.connection.image === null
      ? await revertOnHost(dialog, transaction, seen.tellFound)
      : await undoInImage(host, transaction, recordOf(input.plan.changes), deps);
  if (answer === 'reverted')
    return { outcome: 'reverted', problem: problem('verify/not-proved', printable(reason)), clock };
  if (answer === 'confirmed' || answer === 'refused:confirmed') return { outcome: 'changed', clock };
  const detail = `${printable(reason)} Taking the changes back ended with: ${answer}.`;
  return { outcome: 'guard-unknown', problem: problem('apply/undo-failed', detail), clock };
}
