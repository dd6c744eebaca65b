import { isOwn, linesWith } from '#config/daemon-config.js';
import type { ChronyConfig } from '#config/read-chrony-config.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts, HostTransaction } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { NOT_OURS } from '#facts/transactions.js';
import { evidence, lineEvidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, unknown, violation } from '#rules/observe.js';
import type { ClockControl } from './daemons/keeper.js';

/** chronyd was started with `-x` (or as a one-shot): everything it shows looks right, and the clock is not set. */
export function judgeClockControl(facts: Facts): ClockControl {
  const daemon = findDaemon(facts, 'chrony');
  const words = daemon?.commandLine ?? null;
  if (words === null) {
    const detail =
      daemon?.active.value === false ? 'chronyd does not run.' : 'The command line of chronyd could not be read.';
    return {
      observations: [unknown('chrony/no-clock-control', problem('policy/daemon-unknown', detail))],
      problem: null,
    };
  }
  const seen = [evidence(`/proc/${daemon?.pid ?? 0}/cmdline`, words.join(' '))];
  const flag = words.slice(1).find((word) => /^-[a-zA-Z]*[xQ]/.test(word) && !word.startsWith('--'));
  if (flag === undefined) return { observations: [inSync('chrony/no-clock-control', seen)], problem: null };
  return {
    observations: [violation('chrony/no-clock-control', flag, 'no -x and no -Q', seen)],
    problem: problem('policy/no-clock-control', `chronyd runs as "${evidence('', words.join(' ')).text}".`),
  };
}

/** `local` at a stratum below 10 makes a clock that nothing corrects look better than most servers. */
export function observeLocalStratum(config: ChronyConfig): Observation {
  const wrong = linesWith(config, 'local').filter((placed) => {
    const { line } = placed;
    if (isOwn(placed)) return false;
    const at = line.args.findIndex((word) => word.toLowerCase() === 'stratum');
    return at >= 0 && Number(line.args[at + 1]) < 10;
  });
  const first = wrong[0];
  if (first === undefined) return inSync('chrony/local-stratum');
  return violation(
    'chrony/local-stratum',
    first.line.text.trim(),
    'stratum 10 or no local line',
    wrong.map(lineEvidence),
  );
}

/** Whether it will go away by itself. */
function guardWords({ guard }: HostTransaction): string {
  switch (guard.state) {
    case 'armed':
      return `its guard reverts it in ${guard.leftSeconds ?? 'some'} s`;
    case 'due':
      return 'its guard is due';
    case 'none':
      return 'and no guard of it runs';
    case 'unknown':
      return 'its guard is not known';
  }
}

/** Whether the guard survives a reboot; nothing is said under systemd, where it always does. */
export function observeBootHook({ init, bootHook }: Facts): Observation[] {
  if (init.value === 'systemd') return [];
  if (bootHook.value === null) return [unknown('guard/boot', problem('policy/reboot-unguarded', bootHook.reason))];
  if (bootHook.value) return [inSync('guard/boot')];
  const places = init.value === 'openrc' ? '/etc/runlevels/boot' : '/etc/rcS.d';
  return [violation('guard/boot', 'no place for it', 'a place before the time daemons', [evidence(places, 'nothing')])];
}

/** A transaction that is neither confirmed nor reverted: until it is settled nothing else may change. */
export function findOpenTransaction(facts: Facts): {
  readonly observations: Observation[];
  readonly problem: Problem | null;
} {
  const open = facts.openTransactions.value;
  if (open === null && facts.openTransactions.reason === NOT_OURS) {
    const notOurs = problem('policy/open-transaction', `${NOT_OURS}.`);
    return { observations: [unknown('host/open-transaction', notOurs)], problem: notOurs };
  }
  if (open === null || open.length === 0) return { observations: [], problem: null };
  const seen = open.map((one) =>
    evidence(`/var/lib/tsync/tx/${one.id}`, `${one.state}, ${one.who}, ${one.startedAt}, ${guardWords(one)}`),
  );
  const found = violation('host/open-transaction', `${open.length} open`, 'none', seen);
  const detail = `${seen[0]?.where ?? ''} is ${seen[0]?.text ?? 'open'}.`;
  return { observations: [found], problem: problem('policy/open-transaction', detail) };
}
