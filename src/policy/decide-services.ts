import type { Evidence } from '#checks/verdict.js';
import { linksToStart, linksToStop, type ScriptInit } from '#config/script-links.js';
import { type Problem, problem } from '#errors/problem.js';
import type { DaemonFacts, Facts, ServiceFacts } from '#facts/facts.js';
import { readState } from '#resources/compare.js';
import type { Observation } from '#rules/observation.js';
import { evidence, inSync, unknown } from '#rules/observe.js';
import { bytesToText, textToBytes } from '#snapshot/bytes.js';
import { wantFile } from './edit-files.js';
import type { Wanted } from './policy.js';

export interface ServicesDecision {
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
}

/**
 * Every time daemon but the one that is to keep the clock (null: none is): stopped, not linked, timesyncd masked too. One
 * that neither runs nor would is left alone.
 */
export function decideOthers(facts: Facts, ownUnit: string | null): ServicesDecision {
  const wanted: Wanted[] = [];
  const observations: Observation[] = [];
  for (const daemon of facts.daemons) {
    if (daemon.unit === null) {
      const found = withoutService(daemon);
      if (found !== null) observations.push(unknown('daemon/single', found));
      continue;
    }
    if (daemon.unit === ownUnit) continue;
    // a script stays when its package is removed
    const mayBeLeft = scriptInit(facts) !== null || !facts.services.has(daemon.unit);
    if (mayBeLeft && daemon.installed.value === false) continue;
    const reading = readState('service', facts, daemon.unit);
    if (!reading.known) observations.push(unknown('daemon/single', reading.problem));
    else if (reading.state !== null && (reading.state.active || startsAtBoot(facts, daemon.unit))) {
      wanted.push(wantStopped(facts, daemon.unit, daemon.name === 'timesyncd' || reading.state.masked));
    }
  }
  if (wanted.length === 0 && observations.length === 0) observations.push(inSync('daemon/single'));
  return { wanted, observations };
}

/** It runs or may run, and what starts it was not seen: it cannot be kept from running. */
function withoutService({ name, active, installed, pid }: DaemonFacts): Problem | null {
  if (active.value === true)
    return problem('policy/not-read', `${name} runs (process ${pid ?? 'not known'}), and no service of it was seen.`);
  if (active.value !== null || installed.value === false) return null;
  return problem('policy/not-read', `Whether ${name} runs is not known: ${active.reason}.`);
}

/** Null under systemd, whose units are no scripts. */
function scriptInit({ init }: Facts): ScriptInit | null {
  if (init.value === 'systemd') return null;
  return init.value === 'openrc' ? 'openrc' : 'sysv';
}

/** Of a unit any link counts; of a script those that start it, which is what its file state says. */
function startsAtBoot(facts: Facts, unit: string): boolean {
  const service = facts.services.get(unit);
  if (service === undefined) return false;
  return scriptInit(facts) === null ? service.links.length > 0 : service.unitFileState === 'enabled';
}

/** A time daemon that is not to run, now or after a boot. */
function wantStopped(facts: Facts, unit: string, masked: boolean): Wanted {
  const service = facts.services.get(unit);
  const isActive = service?.activeState === 'active';
  const seen = evidence(whereOf(facts, unit), isActive ? 'active' : 'would start at boot');
  const init = scriptInit(facts);
  const links = init === null || service === undefined ? [] : linksToStop(service, init, scriptOf(facts, unit));
  return {
    resource: { kind: 'service', name: unit, desired: { active: false, links, masked }, because: 'daemon/single' },
    reasons: [{ rule: 'daemon/single', evidence: [seen] }],
  };
}

function whereOf(facts: Facts, unit: string): string {
  return scriptInit(facts) === null ? `systemctl show ${unit}` : `/etc/init.d/${unit}`;
}

/** The text of a service's script, whose header says when it wants to start; empty where it could not be read. */
function scriptOf(facts: Facts, unit: string): string {
  const script = facts.files.get(`/etc/init.d/${unit}`);
  return script?.state === 'present' ? bytesToText(script.bytes) : '';
}

/** The service of the daemon that keeps the clock: running, and linked as its [Install] section or its script's header asks. */
export function decideUnit(facts: Facts, unit: string): ServicesDecision {
  const reading = readState('service', facts, unit);
  if (!reading.known) return { wanted: [], observations: [unknown('daemon/running', reading.problem)] };
  const service = facts.services.get(unit);
  const present = reading.state?.links ?? [];
  const links = service === undefined ? [] : wantedLinks(facts, service, unit, present);
  const seen = [
    evidence(whereOf(facts, unit), `${service?.activeState ?? 'not found'}, ${service?.unitFileState ?? ''}`),
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
  return { wanted: [...(links === present ? [] : joinStartpar(facts, unit, seen)), wanted], observations: [] };
}

function wantedLinks(facts: Facts, service: ServiceFacts, unit: string, present: readonly string[]): readonly string[] {
  const init = scriptInit(facts);
  if (init === null) return linksOf(service, unit, present);
  if (service.unitFileState === 'enabled') return present;
  const folder = present.some((link) => link.startsWith('/etc/rc.d/')) ? '/etc/rc.d' : '/etc';
  return linksToStart(service, init, scriptOf(facts, unit), folder);
}

/** Debian's startpar starts only what stands in this list, which `update-rc.d disable` takes a script out of (tried). */
const STARTPAR_LIST = '/etc/init.d/.depend.start';

function joinStartpar(facts: Facts, unit: string, seen: readonly Evidence[]): Wanted[] {
  const list = facts.files.get(STARTPAR_LIST);
  if (scriptInit(facts) !== 'sysv' || list?.state !== 'present' || list.truncated) return [];
  const text = bytesToText(list.bytes);
  const targets = /^TARGETS = .*$/m.exec(text)?.[0];
  if (targets === undefined || targets.split(' ').includes(unit)) return [];
  const { mode, owner, group } = list;
  const desired = { bytes: textToBytes(text.replace(targets, () => `${targets} ${unit}`)), mode, owner, group };
  return [wantFile(STARTPAR_LIST, { ...desired, truncated: false }, [{ rule: 'daemon/running', evidence: seen }])];
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
