import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { activeDaemon } from './active-daemon.js';
import { judgeSynchronised } from './judge-synchronised.js';
import type { Judgement } from './verdict.js';

/** The daemon's own estimate of its offset from its source. Says nothing while it is unsynchronised: chronyd then shows 0. */
export function judgeDaemonOffset(facts: Facts, limitSeconds: number): Judgement {
  const told = offsetOf(facts);
  if (told.seconds === null) return unknown(told.reason);
  if (judgeSynchronised(facts).verdict.status === 'violation') {
    const detail = `While ${told.daemon} is not synchronised, the offset that it shows means nothing.`;
    return { verdict: { status: 'unknown', problem: problem('checks/unsynchronised', detail) }, evidence: [] };
  }
  const evidence = [{ where: told.where, text: `${told.label} ${told.seconds} s` }];
  if (Math.abs(told.seconds) <= limitSeconds) return { verdict: { status: 'in-sync' }, evidence };
  const measured = { value: told.seconds, unit: 's', bound: null };
  return {
    verdict: { status: 'violation', measured, limit: { value: limitSeconds, unit: 's', bound: null } },
    evidence,
  };
}

type Told =
  | { readonly seconds: number; readonly daemon: string; readonly where: string; readonly label: string }
  | { readonly seconds: null; readonly reason: string };

function offsetOf(facts: Facts): Told {
  const daemon = activeDaemon(facts);
  if (daemon === 'timesyncd') {
    const { timesyncd } = facts;
    if (timesyncd.value === null) return nothing(`systemd-timesyncd told nothing: ${timesyncd.reason}`);
    return number(timesyncd.value.offsetSeconds, 'systemd-timesyncd', 'timedatectl timesync-status', 'Offset');
  }
  if (daemon === 'ntpd' || daemon === 'ntpsec') {
    const { ntpd } = facts;
    if (ntpd.value === null) return nothing(`ntpq told nothing: ${ntpd.reason}`);
    return number(ntpd.value.offsetSeconds, daemon, 'ntpq -c rv', 'offset');
  }
  const { tracking } = facts.chrony;
  if (tracking.value === null) return nothing(`chronyc tracking told nothing: ${tracking.reason}`);
  return number(tracking.value.systemOffsetSeconds, 'chronyd', 'chronyc -c tracking', 'System time');
}

function number(seconds: number | null, daemon: string, where: string, label: string): Told {
  if (seconds === null || !Number.isFinite(seconds)) return nothing(`${where} printed no offset.`);
  return { seconds, daemon, where, label };
}

function nothing(reason: string): Told {
  return { seconds: null, reason };
}

function unknown(detail: string): Judgement {
  return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', printable(detail)) }, evidence: [] };
}
