import { forEachHost } from '#engine/for-each-host.js';
import type { HostTask } from '#engine/host-task.js';
import { probeHost } from '#engine/probe-host.js';
import type { Facts } from '#facts/facts.js';
import { askedBy } from '#policy/asked.js';
import type { Session } from './session.js';

/** The facts of every host that could be read, by its name. Nothing is judged, so these hosts get no outcome; the others get theirs. */
export async function readFacts({ tasks, deps }: Session): Promise<ReadonlyMap<string, Facts>> {
  const seen = new Map<string, Facts>();
  const read = async ({ host, settings }: HostTask) => {
    deps.emit({ type: 'host-connecting', host: host.name });
    const asked = askedBy(settings.settings.resources);
    const { facts } = await probeHost(host, deps, { asRoot: false, asked });
    seen.set(host.name, facts);
  };
  await forEachHost(tasks, deps, read);
  return seen;
}
