import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { DaemonName, Facts } from '#facts/facts.js';
import { activeDaemon } from './active-daemon.js';
import type { Evidence, Judgement } from './verdict.js';

/** The active daemon says that it is synchronised. chronyd first: it is the one that tsync sets. */
export function judgeSynchronised(facts: Facts): Judgement {
  const active = activeDaemon(facts);
  if (active === 'chrony') return judgeChrony(facts);
  if (active === 'timesyncd') return judgeTimesyncd(facts);
  if (active !== null) return judgeNtpd(facts, active);
  if (facts.daemons.some((one) => one.active.value === null)) return unknown('Which time daemon runs is not known.');
  return violation('no time daemon runs', []);
}

/** An unsynchronised chronyd shows reference 00000000, stratum 0, and otherwise perfect numbers. */
function judgeChrony(facts: Facts): Judgement {
  const tracking = facts.chrony.tracking;
  if (tracking.value === null) return unknown(`chronyc tracking told nothing: ${tracking.reason}`);
  const { referenceId, name, stratum, leap } = tracking.value;
  const text = `reference ${referenceId} (${name}), stratum ${stratum}, leap ${leap}`;
  const seen: Evidence[] = [{ where: 'chronyc -c tracking', text: printable(text) }];
  if (leap === 'unknown') return unknown('chronyc printed a leap status that is not known.', seen);
  const isFree = /^0*$/.test(referenceId) || /^7F7F01/i.test(referenceId);
  if (isFree || stratum < 1 || stratum > 15 || leap === 'Not synchronised') return violation('not synchronised', seen);
  return { verdict: { status: 'in-sync' }, evidence: seen };
}

function judgeTimesyncd(facts: Facts): Judgement {
  const state = facts.timesyncd;
  if (state.value === null) return unknown(`systemd-timesyncd told nothing: ${state.reason}`);
  const text = `server ${state.value.serverName ?? 'none'}, stratum ${state.value.stratum ?? 'none'}`;
  const seen = [{ where: 'timedatectl show-timesync', text: printable(text) }];
  return state.value.synchronised
    ? { verdict: { status: 'in-sync' }, evidence: seen }
    : violation('not synchronised', seen);
}

function judgeNtpd(facts: Facts, name: DaemonName): Judgement {
  const state = facts.ntpd;
  if (state.value === null) return unknown(`${name} told nothing: ${state.reason}`);
  const { leap, stratum } = state.value;
  const seen = [{ where: 'ntpq -c rv', text: printable(`leap ${leap ?? 'unknown'}, stratum ${stratum ?? 'unknown'}`) }];
  if (leap === null || stratum === null) return unknown(`${name} did not say its leap status and stratum.`, seen);
  const isFree = /^(?:11|3|not.?sync.*|.*unsync.*)$/i.test(leap) || stratum < 1 || stratum > 15;
  return isFree ? violation('not synchronised', seen) : { verdict: { status: 'in-sync' }, evidence: seen };
}

function violation(value: string, evidence: readonly Evidence[]): Judgement {
  const limit = { value: 'synchronised', unit: '', bound: null };
  return { verdict: { status: 'violation', measured: { value, unit: '', bound: null }, limit }, evidence };
}

function unknown(detail: string, evidence: readonly Evidence[] = []): Judgement {
  return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', printable(detail)) }, evidence };
}
