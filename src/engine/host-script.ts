import { joined } from '#conversation/shell-words.js';
import { packageProgram } from '#packages/package-program.js';
import { applyProgram, type TransactionMeta } from '#transaction/apply-program.js';
import type { ApplyTask } from './apply-task.js';
import { transactionId } from './new-transaction.js';
import type { Programs } from './programs.js';
import { placeOf } from './talk.js';

/** One program as it would be sent: each over a connection of its own, behind its parameters (docs/internals/host-programs.md). */
interface Sent {
  readonly what: string;
  readonly parameters: readonly string[];
  readonly program: Uint8Array;
}

/**
 * Everything that `tsync run` would send to a host to make this plan true, in its order, with what each of it is for: the work on packages,
 * the changes, and what proves them. Bytes, because the contents of files may be any. The probe, which is the same for all hosts, has run.
 */
export function hostScript(
  { task, plan, asked }: Pick<ApplyTask, 'task' | 'plan' | 'asked'>,
  { settle, texts }: Pick<Programs, 'settle' | 'texts'>,
  run: Pick<TransactionMeta, 'run' | 'who' | 'version' | 'startedAt'>,
): Uint8Array {
  const { host, settings } = task;
  const transaction = transactionId(run.run, host.name);
  const guardSeconds = settings.settings.rollout.confirmTimeoutSeconds;
  const meta = { ...run, transaction, guardSeconds };
  const sent: Sent[] = [];
  if (plan.packages !== null) {
    const work = { host: plan.host, planDigest: plan.planDigest, plan: plan.packages, goal: 'make', of: null } as const;
    sent.push({
      what: 'packages: what they would do is asked once more, and only if it is what was approved they are told "make". What is changed afterwards is planned of what is there then',
      parameters: [],
      program: packageProgram(texts, { ...work, hold: true }, { ...meta, guardSeconds: 1 }),
    });
  }
  if (plan.changes.length > 0) {
    sent.push({
      what: 'the changes, behind an armed guard',
      parameters: [`transaction=${transaction}`],
      program: applyProgram(texts, plan, meta, task.host.connection.image === null ? 'host' : 'image'),
    });
    sent.push({
      what: `the proof: state, probe, clock, then "confirm ${transaction}" or "revert ${transaction}"`,
      parameters: ['seconds=N', `who=${run.who}`, ...asked],
      program: settle,
    });
  }
  const place = placeOf(host);
  return joined(
    sent.flatMap((one, index) => [
      `# ==== ${index + 1} of ${sent.length} on ${plan.host}, ${one.what}.\n`,
      ...[...place, ...one.parameters].map((parameter) => `# parameter ${parameter}\n`),
      one.program,
      '\n',
    ]),
  );
}
