import { type Assessed, assessFleet, finishUnchanged } from '#engine/assess-fleet.js';
import { explainText } from '#report/explain-text.js';
import { createTransport } from '../create-transport.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { FleetOptions, PolicyOptions } from '../options.js';
import { lookOf, print } from '../output.js';

/** `tsync explain INVENTORY HOST`: the chain from evidence to rule to change, and where each setting came from. */
export async function explain(inventory: string, name: string, options: FleetOptions & PolicyOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, { ...options, limit: name });
  const hosts = tasks.map(({ host }) => host.name);
  const transport = createTransport(options);
  const run = await openRun({
    kind: 'audit',
    hosts,
    inventory,
    of: null,
    transport,
    forks: options.forks,
    store: false,
  });
  const assessed: Assessed[] = [];
  await assessFleet(tasks, run.deps, {
    asRoot: false,
    onAssessed(one) {
      assessed.push(one);
      finishUnchanged(one, run.deps);
    },
  });
  const code = await run.finish({ failOn: 'never', maxUnreachable: 0 });
  const look = lookOf(process.stdout);
  for (const state of run.state().hosts.values()) {
    const origins = assessed.find(({ task }) => task.host.name === state.host)?.task.settings.origins ?? {};
    print(explainText(state, origins, look));
  }
  return code;
}
