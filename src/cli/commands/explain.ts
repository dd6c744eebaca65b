import type { Assessed } from '#engine/assess-fleet.js';
import { audit } from '#operations/audit.js';
import { explainText } from '#report/explain-text.js';
import { finished } from '../followed.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { FleetOptions, PolicyOptions } from '../options.js';
import { lookOf, print } from '../output.js';

/** `tsync explain INVENTORY HOST`: the chain from evidence to rule to change, compliance, and the questions people ask. */
export async function explain(inventory: string, name: string, options: FleetOptions & PolicyOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, { ...options, limit: name });
  const run = await openRun({ kind: 'audit', tasks, inventory, store: false }, options);
  const known = new Map<string, Assessed>();
  const code = await finished(run, { json: true, maxUnreachable: 0 }, () =>
    audit(run, (assessed) => known.set(assessed.task.host.name, assessed)),
  );
  for (const state of run.state().hosts.values()) {
    const one = known.get(state.host);
    const seen = one ? { facts: one.probed.facts, settings: one.task.settings } : UNSEEN;
    print(explainText(state, seen, lookOf(process.stdout)));
  }
  return code;
}

const UNSEEN = { facts: null, settings: null } as const;
