import type { KeptDaemon } from '#config/kept-daemon.js';
import type { HostConfig } from '#config/read-config.js';
import type { Problem } from '#errors/problem.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { findChrony } from '#platforms/chrony-host.js';
import type { System } from '#platforms/system-scope.js';
import type { Observation } from '#rules/observation.js';
import { unknown } from '#rules/observe.js';
import type { ResolvedSettings } from '#settings/settings.js';
import { chronyKeeper } from './daemons/chrony.js';
import type { Keeper, KeeperReading } from './daemons/keeper.js';
import { ntpdKeeper } from './daemons/ntpd.js';
import { timesyncdKeeper } from './daemons/timesyncd.js';
import { whyChrony } from './decide-packages.js';
import { isClockMissing } from './ptp-offer.js';

export type KeeperChoice =
  | { readonly known: true; readonly keeper: Keeper }
  /** `lacksChrony`: all else would do, but chrony, which is needed, is not (wholly) installed. */
  | {
      readonly known: false;
      readonly observation: Observation;
      readonly problem: Problem;
      readonly lacksChrony: boolean;
    };

/** Which daemon is to keep the clock of this host: the one that does, or chrony where the settings need it. */
export function chooseKeeper(
  resolved: ResolvedSettings,
  facts: Facts,
  config: HostConfig,
  system: System,
): KeeperChoice {
  const kept = findKept(facts);
  if (kept === null || wantsChrony(resolved, facts)) {
    const found = findChrony(facts, system);
    if (!found.inside) return refused('host/supported', found.problem, found.lacksChrony);
    return choice(chronyKeeper(resolved, facts, found.host, config.chrony));
  }
  return choice(
    kept.name === 'timesyncd'
      ? timesyncdKeeper(resolved, facts, kept, system, config.timesyncd)
      : ntpdKeeper(resolved, facts, kept, config[kept.name]),
  );
}

function findKept(facts: Facts): KeptDaemon | null {
  const { daemons } = facts;
  const chrony = findDaemon(facts, 'chrony');
  const active = daemons.filter((one) => one.active.value === true);
  // openntpd, which tsync cannot set, keeps the time
  if (active.length > 0 && !active.some(isKept)) return null;
  if (chrony?.active.value === true) return null;
  // A boot would start chrony, which has failed, and not the one that runs in its place.
  if (chrony?.enabled.value === true && !active.some(({ enabled }) => enabled.value === true)) return null;
  const candidates = daemons.filter(isKept).filter((one) => one.installed.value === true);
  return (
    candidates.find((one) => one.active.value === true && one.name !== 'timesyncd') ??
    candidates.find((one) => one.active.value === true) ??
    candidates.find((one) => one.enabled.value === true) ??
    (chrony?.installed.value === true ? null : (candidates[0] ?? null))
  );
}

function isKept(daemon: DaemonFacts): daemon is KeptDaemon {
  return (daemon.name === 'ntpd' || daemon.name === 'ntpsec' || daemon.name === 'timesyncd') && daemon.unit !== null;
}

/**
 * Only where it is asked for, or where a PTP clock is: no other daemon reads one. Without chrony `auto` and `degrade: allow`
 * take what the daemon that is there can do.
 */
function wantsChrony({ settings }: ResolvedSettings, facts: Facts): boolean {
  const isThere = findDaemon(facts, 'chrony')?.installed.value !== false;
  if (settings.strategy === 'auto' && settings.daemon === 'keep')
    return isThere && facts.ptp.value !== null && !isClockMissing(facts);
  if (whyChrony(settings, facts) === null) return false;
  return isThere || settings.daemon === 'chrony' || settings.degrade === 'refuse';
}

function choice(reading: KeeperReading): KeeperChoice {
  return reading.known ? reading : refused(reading.rule, reading.problem, false);
}

function refused(rule: Observation['rule'], found: Problem, lacksChrony: boolean): KeeperChoice {
  return { known: false, observation: unknown(rule, found), problem: found, lacksChrony };
}
