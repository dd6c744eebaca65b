import type { Frame } from '#conversation/frames.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import { secondsText } from '#units/seconds.js';
import type { Assessed } from './assess-fleet.js';
import type { EngineDeps } from './deps.js';
import type { HostTask } from './host-task.js';
import { withSettleDialog } from './settle-dialog.js';
import { problemOf } from './trouble.js';

/** What a host saw of the servers it is to get. `problem` when not one of them answered. */
export interface Preflight {
  readonly notes: readonly string[];
  readonly problem: Problem | null;
}

const SECONDS_A_SERVER = 8;
const MOST_SERVERS = 8;

/** Tries the servers that this plan brings, from the host, and says what came of it. */
export async function tryServers({ task, plan }: Assessed, deps: EngineDeps): Promise<void> {
  // An image cannot ask: what can be reached from here says nothing of where it will boot.
  if (task.host.connection.image !== null) return;
  if (plan.newServers.length === 0) return;
  deps.emit({ type: 'host-preflight', host: task.host.name, ...(await preflight(task, plan.newServers, deps)) });
}

/**
 * Lets the host itself ask each server once (`chronyd -Q`, chronyd(8)), without touching its clock, so that a blocked port or a
 * large step is known before anybody approves. What could not be tried is a note, never a failure.
 */
export async function preflight({ host }: HostTask, servers: readonly string[], deps: EngineDeps): Promise<Preflight> {
  const asked = servers.slice(0, MOST_SERVERS);
  if (asked.length === 0) return { notes: [], problem: null };
  try {
    const seconds = asked.length * (SECONDS_A_SERVER + 6) + 20;
    const frames = await withSettleDialog(host, deps, { seconds, asRoot: host.connection.become }, (dialog) =>
      dialog.request(`preflight ${SECONDS_A_SERVER} ${asked.join(' ')}`),
    );
    return judgePreflight(asked, frames);
  } catch (error) {
    return { notes: [`the servers could not be tried from this host: ${problemOf(error).detail}`], problem: null };
  }
}

/** Reads the sections `preflight:SERVER`. A server answered when chronyd printed by how much the clock is wrong. */
export function judgePreflight(servers: readonly string[], frames: readonly Frame[]): Preflight {
  const results = servers.map((server) => ({ server, ...resultOf(server, frames) }));
  const notes = results.map(({ server, note }) => `${server} ${note}`);
  const nobody = results.length > 0 && results.every(({ answered }) => answered === false);
  if (!nobody) return { notes, problem: null };
  const detail = `Asked from the host itself, none of ${servers.join(', ')} answered within ${SECONDS_A_SERVER} s.`;
  return { notes, problem: problem('preflight/no-answer', detail) };
}

function resultOf(
  server: string,
  frames: readonly Frame[],
): { readonly answered: boolean | null; readonly note: string } {
  const name = `preflight:${server}`;
  const frame = frames.find((candidate) => candidate.type === 'section' && candidate.section.name === name);
  if (frame?.type !== 'section' || frame.section.state === 'absent')
    return { answered: null, note: 'could not be tried' };
  const { bytes, exit } = frame.section;
  const text = new TextDecoder().decode(bytes);
  const wrong = /System clock wrong by (-?\d+\.\d+) seconds/.exec(text)?.[1];
  if (wrong !== undefined) {
    const seconds = Number(wrong);
    return {
      answered: true,
      note: `answered: the clock is ${secondsText(Math.abs(seconds))} ${seconds < 0 ? 'ahead' : 'behind'}`,
    };
  }
  if (/No suitable source|Timeout reached/i.test(text) || exit === null || exit === 124 || exit === 137)
    return { answered: false, note: 'did not answer' };
  const last = text.trim().split('\n').at(-1) ?? '';
  return { answered: null, note: `could not be tried: ${printable(last).slice(0, 200)}` };
}
