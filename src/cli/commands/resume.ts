import { TsyncError } from '#errors/tsync-error.js';
import { resume as resumeFleet } from '#operations/resume.js';
import { countOf } from '#report/host-names.js';
import { summaryText } from '#report/summary-text.js';
import type { RunAsked } from '#run/event.js';
import type { Resumption } from '#run/resumption.js';
import { STRATEGIES } from '#settings/settings.js';
import { askYes } from '../ask-yes.js';
import { findResumption } from '../find-resumption.js';
import { followed } from '../followed.js';
import { loadConcerned } from '../load-concerned.js';
import { openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions, RolloutOptions } from '../options.js';
import { isText } from '../output.js';

export type ResumeOptions = FleetOptions &
  OutputOptions &
  ExitOptions &
  RolloutOptions & { readonly inventory?: string; readonly yes?: boolean };

/**
 * `tsync resume RUN`: goes on with a run that was cut off: settles the hosts in flight, then changes those that were approved and not
 * begun. Gives the exit code.
 */
export async function resume(name: string, options: ResumeOptions): Promise<number> {
  const found = findResumption(name);
  const { run: ofRun, asked: askedThen, kind: kindThen, of: ofThen, inventory: inventoryThen } = found.state;
  const asked = { ...askedThen, confirmTimeout: options.confirmTimeout ?? askedThen.confirmTimeout };
  const hosts = new Set([...found.inFlight, ...found.waiting].map(({ host }) => host));
  const concerned = { hosts, inventory: inventoryThen, by: `run ${ofRun}` };
  const { tasks, inventory } = await loadConcerned(concerned, withAsked(options, asked));
  const left = limitedTo(new Set(tasks.map(({ host }) => host.name)), found);
  await agree(left, options);

  // What goes on with a rollback is one too, so that `rollback latest` never brings anything in again.
  const kind = kindThen === 'rollback' ? 'rollback' : 'resume';
  const of = kindThen === 'rollback' ? (ofThen ?? ofRun) : ofRun;
  const run = await openRun({ kind, tasks, inventory, of, asked, store: true }, options);
  const { resumeWave: firstWave = 1 } = options;
  return followed(run, options, () => resumeFleet(run, left, { firstWave }), summaryText);
}

/** The settings that the hosts had: of the same playbook, strategy and flags. */
function withAsked(options: ResumeOptions, { playbook, strategy, confirmTimeout }: RunAsked) {
  const known = STRATEGIES.find((name) => name === strategy);
  return {
    ...options,
    ...(playbook === null ? {} : { playbook }),
    ...(known === undefined ? {} : { strategy: known }),
    ...(confirmTimeout === null ? {} : { confirmTimeout }),
  };
}

function limitedTo(names: ReadonlySet<string>, { state, inFlight, waiting }: Resumption): Resumption {
  const isNamed = ({ host }: { readonly host: string }) => names.has(host);
  return { state, inFlight: inFlight.filter(isNamed), waiting: waiting.filter(isNamed) };
}

async function agree({ state, inFlight, waiting }: Resumption, options: ResumeOptions): Promise<void> {
  if (options.yes) return;
  const what =
    `Resume ${state.run}: settle ${countOf(inFlight.length, 'host')} in flight, ` +
    `and change ${countOf(waiting.length, 'host')} more, approved then?`;
  if (isText(options) && (await askYes(what))) return;
  throw new TsyncError('usage/no-terminal', `Not agreed to: ${what} Nothing was contacted.`, { exitCode: 64 });
}
