import type { Frame } from '#conversation/frames.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { PackageChange, PackagePlan } from '#packages/package-plan.js';
import { packageProgram } from '#packages/package-program.js';
import { type PreviewPart, readMadison, readPreview } from '#packages/read-preview.js';
import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import type { HostPlan } from '#plan/plan.js';
import { summariseHost } from '#run/host-summary.js';
import type { Assessed } from './assess-fleet.js';
import type { EngineDeps } from './deps.js';
import type { HostTask } from './host-task.js';
import { transactionId } from './new-transaction.js';
import { talk } from './talk.js';
import { problemOf } from './trouble.js';

/** Refreshing lists over a slow mirror, and then a package manager that waits for its own lock. */
const SILENCE_MS = 1_000_000;
const TOTAL_MS = 1_500_000;

/** The same host with what its package manager says, told as its assessment; `of`: the work that is taken back. */
export async function withPreview(assessed: Assessed, of: string | null, deps: EngineDeps): Promise<Assessed> {
  const { task, probed, notes } = assessed;
  if (assessed.plan.packages === null) return assessed;
  const plan = await askPackages(task, assessed.plan, of, deps);
  const { clock } = probed.snapshot;
  deps.emit({
    type: 'host-assessed',
    host: task.host.name,
    plan,
    clock,
    summary: summariseHost(probed.facts),
    notes,
  });
  return { ...assessed, plan };
}

/** Fills in what the host's package manager says it would do: only then can the packages be approved. Emits what it found. */
async function askPackages(task: HostTask, plan: HostPlan, of: string | null, deps: EngineDeps): Promise<HostPlan> {
  const { packages } = plan;
  if (packages === null) return plan;
  const host = task.host.name;
  const seen: Frame[] = [];
  try {
    await converseAbout(task, plan, { goal: 'preview', hold: false, of }, deps, (frame, send) => {
      seen.push(frame);
      if (frame.type === 'idle') send('bye');
    });
  } catch (error) {
    return withTrouble(problem('packages/no-preview', problemOf(error).detail));
  }
  const preview = previewOf(packages, seen);
  if (!preview.known) return withTrouble(problem('packages/no-preview', printable(preview.detail)));
  const asked = { ...packages, preview: preview.changes };
  const { changes, actions } = plan;
  const planned = { changes, actions, packages: asked };
  return { ...plan, packages: asked, planDigest: planDigestOf({ host, ...planned }), foldKey: foldKeyOf(planned) };

  function withTrouble(trouble: Problem): HostPlan {
    deps.emit({ type: 'host-preflight', host, notes: [], problem: trouble });
    return plan;
  }
}

/**
 * Lets the host install and remove what was approved, once its package manager still says that this is all it would do. `hold`: a
 * fresh daemon is not started before its configuration is there. Emits every step; gives what went wrong, or null.
 */
export async function makePackages(
  task: HostTask,
  plan: HostPlan,
  options: { readonly hold: boolean; readonly of: string | null },
  deps: EngineDeps,
): Promise<Problem | null> {
  const { packages } = plan;
  if (packages?.preview == null) return problem('packages/no-preview', 'What would come or go is not known.');
  const host = task.host.name;
  const work = workId(deps, host);
  deps.emit({ type: 'packages-started', host, work, changes: packages.preview });
  const trouble = await makeApproved(task, plan, packages, options, deps);
  deps.emit({ type: 'packages-finished', host, work, problem: trouble });
  return trouble;
}

async function makeApproved(
  task: HostTask,
  plan: HostPlan,
  packages: PackagePlan,
  options: { readonly hold: boolean; readonly of: string | null },
  deps: EngineDeps,
): Promise<Problem | null> {
  const seen: Frame[] = [];
  let isAsked = false;
  let differs: string | null = null;
  let last: string | null = null;
  try {
    await converseAbout(task, plan, { goal: 'make', ...options }, deps, (frame, send) => {
      seen.push(frame);
      if (frame.type === 'step') {
        const [step, detail] = [printable(frame.id), printable(frame.state)];
        deps.emit({ type: 'packages-step', host: task.host.name, work: workId(deps, task.host.name), step, detail });
        if (step === 'packages' || detail.startsWith('failed:') || step === 'lock') last = `${step} ${detail}`;
      }
      if (frame.type !== 'idle') return;
      if (!isAsked) differs = whatDiffers(packages, seen);
      send(isAsked || differs !== null ? 'bye' : 'make');
      isAsked = true;
    });
  } catch (error) {
    if (last === 'packages done') return null;
    return problem('packages/failed', `The work on packages broke off: ${problemOf(error).detail}`);
  }
  if (differs !== null) return problem('packages/differ', differs);
  if (last === 'packages done') return null;
  return problem('packages/failed', last === null ? 'The host did not say how it ended.' : `${last}.`);
}

/** Why what the manager would do now is not what was approved; null: it is the same. */
function whatDiffers(packages: PackagePlan, frames: readonly Frame[]): string | null {
  const now = previewOf(packages, frames);
  if (!now.known) return now.detail;
  const list = (changes: readonly PackageChange[]) =>
    changes.map(({ name, before, after }) => `${name} ${before ?? 'absent'} -> ${after ?? 'absent'}`).join(', ');
  const [approved, would] = [list(packages.preview ?? []), list(now.changes)];
  // What was half done may be settled by the finishing itself.
  if (approved === would || (packages.unfinished.length > 0 && now.changes.length === 0)) return null;
  return printable(`Approved: ${approved || 'nothing'}. Now: ${would || 'nothing'}. Nothing was installed or removed.`);
}

function previewOf(packages: PackagePlan, frames: readonly Frame[]) {
  const parts: PreviewPart[] = [];
  const available = new Map<string, readonly string[]>();
  for (const frame of frames) {
    if (frame.type !== 'section' || frame.section.state !== 'ok') continue;
    const { name, bytes, exit, truncated } = frame.section;
    const text = new TextDecoder().decode(bytes);
    if (name.startsWith('preview:'))
      parts.push({ part: name.slice('preview:'.length), text, exit: truncated ? null : exit });
    if (name.startsWith('madison:')) available.set(name.slice('madison:'.length), readMadison(text));
  }
  if (packages.requests.length === 0 && parts.length === 0) return { known: true, changes: [] } as const;
  const said = frames.find((frame) => frame.type === 'step' && frame.state.startsWith('failed:'));
  if (parts.length === 0 && said?.type === 'step') return { known: false, detail: printable(said.state) } as const;
  return readPreview(packages.manager, parts, available);
}

async function converseAbout(
  task: HostTask,
  plan: HostPlan,
  options: { readonly goal: 'preview' | 'make'; readonly hold: boolean; readonly of: string | null },
  deps: EngineDeps,
  onFrame: (frame: Frame, send: (line: string) => void) => void,
): Promise<void> {
  const { run, who, version, programs, clock } = deps;
  if (plan.packages === null) return;
  const host = task.host.name;
  const transaction = workId(deps, host);
  const startedAt = new Date(clock.nowSeconds() * 1000).toISOString();
  const work = { host, planDigest: plan.planDigest, plan: plan.packages, ...options };
  await talk(task.host, deps, {
    program: packageProgram(programs.texts, work, { transaction, run, who, version, startedAt, guardSeconds: 1 }),
    kind: 'packages',
    asRoot: true,
    parameters: [],
    clock: null,
    silenceMs: SILENCE_MS,
    totalMs: TOTAL_MS,
    onFrame: (frame, control) => onFrame(frame, (line) => control.send(line)),
  });
}

/** Of the work on one host's packages in one run. */
function workId(deps: EngineDeps, host: string): string {
  return transactionId(deps.run, host);
}
