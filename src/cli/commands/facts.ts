import type { Facts } from '#facts/facts.js';
import { factsJson } from '#facts/facts-json.js';
import { readFacts } from '#operations/read-facts.js';
import { factsText } from '#report/facts-text.js';
import { finished } from '../followed.js';
import { loadFleet } from '../load-fleet.js';
import { openRun } from '../open-run.js';
import type { ExitOptions, FleetOptions, OutputOptions } from '../options.js';
import { printDocument } from '../output.js';

/** `tsync facts`: probes and says what was seen; nothing is judged and nothing is kept. Gives the exit code. */
export async function facts(inventory: string, options: FleetOptions & ExitOptions & OutputOptions): Promise<number> {
  const { tasks } = await loadFleet(inventory, options);
  const run = await openRun({ kind: 'facts', tasks, inventory, store: false }, options);
  let seen: ReadonlyMap<string, Facts> = new Map();
  const code = await finished(run, { ...options, json: true }, async () => {
    seen = await readFacts(run);
  });
  const hosts = [...run.state().hosts.values()].map(({ host, problem }) => {
    const known = seen.get(host);
    return { host, problem, facts: known ? factsJson(known) : null };
  });
  printDocument(options, { hosts }, (drawing) => hosts.map((entry) => factsText(entry, drawing)).join('\n\n'));
  return code;
}
