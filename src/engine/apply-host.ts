import { assertNever } from '#errors/assert-never.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Outcome } from '#run/outcome.js';
import { applyProgram } from '#transaction/apply-program.js';
import type { ApplyTask } from './apply-task.js';
import type { EngineDeps } from './deps.js';
import { finishHost } from './finish-host.js';
import { foundKept } from './found-kept.js';
import { transactionId } from './new-transaction.js';
import { settleHost } from './settle-host.js';
import { talk } from './talk.js';
import { type Applied, meaningOf, saysBegun } from './transaction-step.js';
import { problemOf } from './trouble.js';

/** A restart that hangs is ended by the program after 60 s; several may follow each other. */
const SILENCE_MS = 150_000;
const TOTAL_MS = 600_000;

/**
 * Changes one host and proves it: apply program, then verification over a new connection, then the verdict. Emits every step
 * before it; ends with `host-finished`, whatever happens. What became of the host is read from the host, never inferred.
 */
export async function applyHost(input: ApplyTask, deps: EngineDeps): Promise<Outcome> {
  const { plan } = input;
  const host = input.task.host.name;
  const transaction = transactionId(deps.run, host);
  const guardSeconds = input.task.settings.settings.rollout.confirmTimeoutSeconds;
  const extensions = { given: deps.pace.extensions };
  const armed = placeOf(input) === 'host' ? guardSeconds : 0;
  deps.emit({ type: 'apply-started', host, transaction, planDigest: plan.planDigest, guardSeconds: armed });
  const applied = await runApplyProgram(input, transaction, guardSeconds, deps);
  switch (applied.kind) {
    case 'refused':
      return finishHost(host, applied, deps);
    case 'failed':
      return finishHost(host, { outcome: 'guard-unknown', problem: applied.problem }, deps);
    case 'applied':
      deps.emit({ type: 'host-applied', host, transaction });
      return settleHost({ ...input, transaction, guardSeconds, extensions, trouble: null, begun: true }, deps);
    case 'reverted':
      return finishHost(host, { outcome: 'reverted', problem: applied.problem }, deps);
    case 'lost':
      return settleHost(
        { ...input, transaction, guardSeconds, extensions, trouble: applied.problem, begun: applied.begun },
        deps,
      );
    default:
      return assertNever(applied);
  }
}

function placeOf({ task }: Pick<ApplyTask, 'task'>): 'host' | 'image' {
  return task.host.connection.image === null ? 'host' : 'image';
}

async function runApplyProgram(
  input: ApplyTask,
  transaction: string,
  guardSeconds: number,
  deps: EngineDeps,
): Promise<Applied> {
  const { task, plan } = input;
  const { run, who, version, programs, clock, emit } = deps;
  const startedAt = new Date(clock.nowSeconds() * 1000).toISOString();
  let last: Applied | null = null;
  let failure = '';
  let lastWords = '';
  let begun = false;
  const tellFound = foundKept(task.host.name, transaction, deps);
  try {
    ({ lastWords } = await talk(task.host, deps, {
      program: applyProgram(
        programs.texts,
        plan,
        { transaction, run, who, version, startedAt, guardSeconds },
        placeOf(input),
      ),
      kind: 'apply',
      asRoot: true,
      parameters: [`transaction=${transaction}`],
      clock: null,
      silenceMs: SILENCE_MS,
      totalMs: TOTAL_MS,
      onFrame: (frame) => {
        if (frame.type !== 'step') return;
        const [step, detail] = [printable(frame.id), printable(frame.state)];
        emit({ type: 'apply-step', host: task.host.name, transaction, step, detail });
        tellFound([frame]);
        begun ||= saysBegun(step, detail);
        if (detail.startsWith('failed:') && failure === '') failure = detail.slice('failed:'.length);
        last = meaningOf(step, detail, failure) ?? last;
      },
    }));
  } catch (error) {
    // A conversation that broke after the last word of the program lost nothing.
    return last ?? { kind: 'lost', problem: problemOf(error), begun };
  }
  const cutOff = `The apply program ended without saying how the transaction ended. ${lastWords}`.trimEnd();
  return last ?? { kind: 'lost', problem: problem('apply/cut-off', cutOff), begun };
}
