import type { Facts, ServiceFacts } from '#facts/facts.js';
import { readService } from '#resources/service/read-service.js';
import { evidence, inSync, unknown } from './observe.js';
import type { Observation, Wanted } from './policy.js';

export interface ServicesDecision {
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
}

/**
 * Every time daemon but the one that is to keep the clock (null: none is): stopped, without links, timesyncd masked too. One
 * that neither runs nor would is left alone.
 */
export function decideOthers(facts: Facts, ownUnit: string | null): ServicesDecision {
  const wanted: Wanted[] = [];
  const observations: Observation[] = [];
  for (const daemon of facts.daemons) {
    if (daemon.unit === null || daemon.unit === ownUnit) continue;
    if (!facts.services.has(daemon.unit) && daemon.installed.value === false) continue;
    const reading = readService(facts, daemon.unit);
    if (!reading.known) observations.push(unknown('daemon/single', reading.problem));
    else if (reading.state !== null && (reading.state.active || reading.state.links.length > 0)) {
      wanted.push(wantStopped(daemon.unit, daemon.name === 'timesyncd' || reading.state.masked, reading.state.active));
    }
  }
  if (wanted.length === 0 && observations.length === 0) observations.push(inSync('daemon/single'));
  return { wanted, observations };
}

/** A time daemon that is not to run, now or after a boot. */
function wantStopped(unit: string, masked: boolean, isActive: boolean): Wanted {
  const seen = evidence(`systemctl show ${unit}`, isActive ? 'active' : 'would start at boot');
  return {
    resource: { kind: 'service', name: unit, desired: { active: false, links: [], masked }, because: 'daemon/single' },
    reasons: [{ rule: 'daemon/single', evidence: [seen] }],
  };
}

/** The unit of the daemon that keeps the clock: running, and linked as its [Install] section asks. */
export function decideUnit(facts: Facts, unit: string): ServicesDecision {
  const reading = readService(facts, unit);
  if (!reading.known) return { wanted: [], observations: [unknown('daemon/running', reading.problem)] };
  const service = facts.services.get(unit);
  const links = service === undefined ? [] : linksOf(service, unit, reading.state?.links ?? []);
  const seen = [
    evidence(`systemctl show ${unit}`, `${service?.activeState ?? 'not found'}, ${service?.unitFileState ?? ''}`),
  ];
  const wanted: Wanted = {
    resource: {
      kind: 'service',
      name: unit,
      desired: { active: true, links, masked: false },
      because: 'daemon/running',
    },
    reasons: [{ rule: 'daemon/running', evidence: seen }],
  };
  return { wanted: [wanted], observations: [] };
}

/** The links that are there, and where the unit is not enabled those that enabling it would make. */
export function linksOf(service: ServiceFacts, unit: string, present: readonly string[]): readonly string[] {
  const { install, fragmentPath } = service;
  if (install === null || fragmentPath === null || !NEEDS_LINKS.has(service.unitFileState)) return present;
  // Made by a generator at each boot (of a sysv script, which its own links start): there is nothing to link to.
  if (fragmentPath.startsWith('/run/')) return present;
  const folder = '/etc/systemd/system';
  const paths = [
    ...install.wantedBy.map((target) => `${folder}/${target}.wants/${unit}`),
    ...install.requiredBy.map((target) => `${folder}/${target}.requires/${unit}`),
    ...install.alias.map((alias) => `${folder}/${alias}`),
  ];
  const missing = paths.filter((path) => !present.some((link) => link.startsWith(`${path} -> `)));
  return [...present, ...missing.map((path) => `${path} -> ${fragmentPath}`)].toSorted();
}

/** States of a unit file in which a boot would not start it though its [Install] section could. */
const NEEDS_LINKS = new Set([
  'disabled',
  'enabled-runtime',
  'masked',
  'masked-runtime',
  'linked',
  'linked-runtime',
  'bad',
  '',
]);
