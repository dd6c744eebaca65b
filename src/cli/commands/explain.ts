import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import { explainText } from '#report/explain-text.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { FleetOptions, PolicyOptions } from '../options.js';
import { followEvents, lookOf, print } from '../output.js';

/** `tsync explain INVENTORY HOST`: the chain from evidence to rule to change, compliance, and the questions people ask. */
export async function explain(inventory: string, name: string, options: FleetOptions & PolicyOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, { ...options, limit: name });
  const run = await openRun({ kind: 'audit', tasks, inventory, store: false }, options);
  const unfollow = followEvents(run, { json: true });
  const assessed: Assessed[] = [];
  await assessFleet(tasks, run.deps, {
    asRoot: false,
    onAssessed(one) {
      assessed.push(one);
      finishUnchanged(one, run.deps);
    },
  });
  const code = await run.finish({ failOn: 'never', maxUnreachable: 0 });
  unfollow();
  const look = lookOf(process.stdout);
  for (const state of run.state().hosts.values()) {
    const one = assessed.find(({ task }) => task.host.name === state.host);
    const known = one
      ? { facts: one.probed.facts, settings: one.task.settings }
      : ({ facts: null, settings: null } as const);
    print(explainText(state, known, look));
  }
  return code;
}
