import { assessFleet } from '#engine/assess-fleet.js';
import type { Facts } from '#facts/facts.js';
import { type FactsJson, factsJson } from '#facts/facts-json.js';
import { factsText } from '#report/facts-text.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions } from '../options.js';
import { followEvents, lookOf, print } from '../output.js';

/** `tsync facts`: probes and says what was seen; nothing is judged and nothing is kept. Gives the exit code. */
export async function facts(
  inventory: string,
  options: FleetOptions & ExitOptions & { readonly json?: boolean },
): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'audit', tasks, inventory, store: false }, options);
  const unfollow = followEvents(run, { json: true });
  const seen = new Map<string, Facts>();
  await assessFleet(tasks, run.deps, {
    asRoot: false,
    onAssessed({ task, probed }) {
      seen.set(task.host.name, probed.facts);
      run.deps.emit({
        type: 'host-finished',
        host: task.host.name,
        outcome: 'in-sync',
        problem: null,
        clock: null,
        source: null,
      });
    },
  });
  const code = await run.finish({ failOn: 'never', maxUnreachable: options.maxUnreachable });
  unfollow();

  const entries = [...run.state().hosts.values()].map(({ host, problem }) => {
    const known = seen.get(host);
    return { host, problem, facts: known ? factsJson(known) : null };
  });
  if (options.json)
    print(
      JSON.stringify(
        { schemaVersion: 1, hosts: entries } satisfies { hosts: readonly HostFacts[]; schemaVersion: number },
        null,
        2,
      ),
    );
  else print(entries.map((entry) => factsText(entry, lookOf(process.stdout))).join('\n\n'));
  return code;
}

interface HostFacts {
  readonly host: string;
  readonly problem: unknown;
  readonly facts: { readonly [key: string]: FactsJson } | null;
}
