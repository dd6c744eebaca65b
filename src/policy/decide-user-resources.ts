import { mendsRejected } from '#config/find-rejected.js';
import { findOwnerMark } from '#config/ownership.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts, ServiceFacts } from '#facts/facts.js';
import { parseInstall } from '#facts/services.js';
import { readState, sameState } from '#resources/compare.js';
import { KIND_NAMES } from '#resources/kinds.js';
import type { Resource, States } from '#resources/resource.js';
import type { Observation } from '#rules/observation.js';
import { evidence, inSync, unknown } from '#rules/observe.js';
import type { ResolvedSettings, Settings } from '#settings/settings.js';
import { nameOf, optionsPath, type UserResource } from '#settings/user-resource.js';
import { textToBytes } from '#snapshot/bytes.js';
import { linksOf } from './decide-services.js';
import type { Policy, Wanted } from './policy.js';

const RULE = 'playbook/resource';

/** What one entry comes to on this host: resources, or in a full sentence why it cannot be had. */
type Decided = { readonly wanted: readonly Resource[] } | { readonly refused: string };

/**
 * Adds what the playbook asks for by name to what the strategy asks for. One entry that this host cannot have, or that the
 * strategy would set otherwise, withholds every change: half of what was asked for is nothing that anybody asked for.
 */
export function withUserResources(policy: Policy, { settings, origins }: ResolvedSettings, facts: Facts): Policy {
  if (settings.resources.length === 0) return policy;
  const wanted: Wanted[] = [];
  const observations: Observation[] = [];
  for (const [index, entry] of settings.resources.entries()) {
    const seen = [evidence(`${origins.resources ?? 'playbook'}, resources ${index + 1}`, nameOf(entry))];
    const decided = decide(entry, settings, facts);
    const conflict = 'wanted' in decided ? findConflict(decided.wanted, policy.wanted) : null;
    if ('refused' in decided) observations.push(unknown(RULE, refusal(decided.refused), seen));
    else if (conflict !== null) observations.push(unknown(RULE, conflict, seen));
    else if (decided.wanted.length === 0) observations.push(inSync(RULE, seen));
    else
      wanted.push(
        ...decided.wanted.map((resource) => ({ resource, reasons: [{ rule: RULE, evidence: seen } as const] })),
      );
  }
  return {
    ...policy,
    wanted: [...policy.wanted, ...optionsFiles(wanted).toSorted(filesFirst)].filter(isNotRepeated),
    observations: [...policy.observations, ...observations],
    withheld: policy.withheld ?? firstProblem(observations),
  };
}

/** The configuration as it will be: the strategy decides about the files that the playbook brings, not about those they replace. */
export function overlayUserFiles(facts: Facts, resources: readonly UserResource[]): Facts {
  const files = new Map(facts.files);
  for (const entry of resources) {
    if (entry.kind !== 'file' || entry.bytes === null || !facts.chrony.configFiles.includes(entry.path)) continue;
    const there = files.get(entry.path);
    if (there?.state === 'present') files.set(entry.path, { ...there, bytes: entry.bytes, truncated: false });
  }
  const edits = resources.flatMap((one) =>
    one.kind === 'file' ? [{ name: one.path, after: one.bytes === null ? null : { bytes: one.bytes } }] : [],
  );
  // what chronyd says of a line that the playbook takes out is over with it
  const chrony: Facts['chrony'] = mendsRejected(facts, edits)
    ? { ...facts.chrony, configCheck: { value: { verdict: 'not-asked' } } }
    : facts.chrony;
  return { ...facts, files, chrony };
}

/** A service starts with its files in place. */
function filesFirst(a: Wanted, b: Wanted): number {
  return KIND_NAMES.indexOf(a.resource.kind) - KIND_NAMES.indexOf(b.resource.kind);
}

function refusal(detail: string): Problem {
  return problem('policy/resource-refused', printable(detail));
}

function firstProblem(observations: readonly Observation[]): Problem | null {
  for (const { verdict } of observations) if (verdict.status === 'unknown') return verdict.problem;
  return null;
}

function findConflict(wanted: readonly Resource[], others: readonly Wanted[]): Problem | null {
  for (const one of wanted) {
    const other = others.find(({ resource }) => resource.kind === one.kind && resource.name === one.name)?.resource;
    if (other === undefined || sameState(one.kind, one.desired as never, other.desired as never)) continue;
    const detail = `${one.kind} ${one.name}: the strategy sets it otherwise (${other.because}).`;
    return problem('policy/resource-conflict', printable(detail));
  }
  return null;
}

function isNotRepeated({ resource }: Wanted, index: number, all: readonly Wanted[]): boolean {
  return all.findIndex((one) => one.resource.kind === resource.kind && one.resource.name === resource.name) === index;
}

function decide(entry: UserResource, settings: Settings, facts: Facts): Decided {
  switch (entry.kind) {
    case 'file':
      return decideFile(entry, facts, settings.takeOwnership);
    case 'service':
      return decideService(entry, facts, unitFile(entry.unit, settings.resources));
    case 'module-parameter':
      return decideParameter(entry, facts);
  }
}

function decideFile(entry: Extract<UserResource, { kind: 'file' }>, facts: Facts, takeOwnership: boolean): Decided {
  const { path, bytes } = entry;
  const file = facts.files.get(path);
  if (file?.state === 'present' && file.resolvedTo !== null)
    return { refused: `${path} is a link to ${file.resolvedTo}: name that file instead.` };
  const reading = readState('file', facts, path);
  if (!reading.known) return { refused: reading.problem.detail };
  const there = reading.state;
  const restart = restartOf(entry.restart, facts);
  if (restart.refused !== null) return { refused: restart.refused };
  const desired: States['file'] =
    bytes === null
      ? null
      : {
          bytes,
          mode: entry.mode ?? there?.mode ?? '0644',
          owner: entry.owner ?? there?.owner ?? 'root',
          group: entry.group ?? there?.group ?? 'root',
          truncated: false,
        };
  const mark = there === null || takeOwnership ? null : findOwnerMark(there.bytes);
  if (!sameState('file', there, desired)) {
    if (facts.place === 'image' && (isForeign(desired?.owner, there?.owner) || isForeign(desired?.group, there?.group)))
      return { refused: `${path}: the names of users in an image are not known here; only root can be set.` };
    if (mark !== null)
      return { refused: `${path} says "${evidence('', mark).text.slice(0, 200)}": another tool writes it.` };
    if (there?.bytes.includes(0))
      return { refused: `${path} holds a NUL byte: it is no text, and could not be put back.` };
  }
  return {
    wanted: [
      {
        kind: 'file',
        name: path,
        desired,
        because: RULE,
        ...(restart.unit === null ? {} : { restart: restart.unit }),
      },
    ],
  };
}

/** The machine that works on a tree has users of its own: their names say nothing there. */
function isForeign(wanted: string | undefined, there: string | undefined): boolean {
  return wanted !== undefined && wanted !== 'root' && wanted !== there;
}

/** A unit that does not run is not restarted: it starts with the new file whenever it starts. */
function restartOf(
  unit: string | null,
  facts: Facts,
): { readonly unit: string | null; readonly refused: string | null } {
  if (unit === null) return { unit: null, refused: null };
  const reading = readState('service', facts, unit);
  if (!reading.known) return { unit: null, refused: reading.problem.detail };
  if (reading.state === null) return { unit: null, refused: `This host has no ${unit}, which is to be restarted.` };
  return { unit: reading.state.active ? (facts.services.get(unit)?.unit ?? unit) : null, refused: null };
}

function decideService(
  { unit, active, enabled, masked }: Extract<UserResource, { kind: 'service' }>,
  facts: Facts,
  brought: ServiceFacts | null,
): Decided {
  const reading = readState('service', facts, unit);
  if (!reading.known) return { refused: reading.problem.detail };
  const there = reading.state;
  const service = brought ?? facts.services.get(unit);
  if (service !== undefined && service.unit !== unit && there !== null)
    return { refused: `${unit} is another name of ${service.unit}: name that unit instead.` };
  if (there === null && brought === null) {
    if (active === true || enabled === true) return { refused: `This host has no ${unit}.` };
    if (masked !== true) return { wanted: [] };
  }
  const isMasked = masked ?? there?.masked ?? false;
  if (isMasked && (active === true || enabled === true))
    return { refused: `${unit} is masked: say "masked: false" where it is to run.` };
  const links = enabledLinks(enabled, unit, there, service);
  if (links === null) return { refused: `${unit} has no [Install] section that says what would start it at boot.` };
  const desired = { active: active ?? there?.active ?? false, links, masked: isMasked };
  return { wanted: [{ kind: 'service', name: unit, desired, because: RULE }] };
}

function enabledLinks(
  enabled: boolean | null,
  unit: string,
  there: States['service'],
  service: ServiceFacts | undefined,
): readonly string[] | null {
  const present = there?.links ?? [];
  if (enabled === null) return present;
  if (!enabled) return [];
  if (service === undefined) return null;
  const links = linksOf(service, unit, present);
  return links.length === 0 && !STARTS_UNLINKED.has(service.unitFileState) ? null : links;
}

/** Enabled by a link of the distribution's own below /usr, or by a generator. */
const STARTS_UNLINKED: ReadonlySet<string> = new Set(['enabled', 'enabled-runtime', 'generated']);

/** A unit file that the same playbook brings: what it will be, though the host does not know it yet. */
function unitFile(unit: string, resources: readonly UserResource[]): ServiceFacts | null {
  const fragmentPath = `/etc/systemd/system/${unit}`;
  const file = resources.find((entry) => entry.kind === 'file' && entry.path === fragmentPath);
  if (file?.kind !== 'file' || file.bytes === null) return null;
  return {
    unit,
    loadState: 'loaded',
    activeState: 'inactive',
    unitFileState: 'disabled',
    fragmentPath,
    dropIns: [],
    mainPid: null,
    links: [],
    masked: false,
    install: parseInstall(new TextDecoder().decode(file.bytes)),
  };
}

/** Where the module is not loaded its options file is all there is to set: it counts when the module is loaded. */
function decideParameter(
  { module, parameter, value }: Extract<UserResource, { kind: 'module-parameter' }>,
  facts: Facts,
): Decided {
  const name = `${module}.${parameter}`;
  const found = facts.moduleParameters.get(name);
  const line: Resource = {
    kind: 'file',
    name: optionsPath(module),
    desired: optionsState(module, [`${parameter}=${value}`]),
    because: RULE,
  };
  if (found?.state === 'no-module') return { wanted: [line] };
  if (found?.state === 'no-parameter')
    return { refused: `The module ${module} is loaded and has no parameter ${parameter}.` };
  const reading = readState('module-parameter', facts, name);
  if (!reading.known) return { refused: reading.problem.detail };
  const now = asPrinted(value, reading.state?.value ?? value);
  return { wanted: [line, { kind: 'module-parameter', name, desired: { value: now }, because: RULE }] };
}

/** The kernel takes 1 for a boolean and prints Y. */
function asPrinted(value: string, printed: string): string {
  const isFlag = printed === 'Y' || printed === 'N';
  if (isFlag && /^[1Yy]$/.test(value)) return 'Y';
  return isFlag && /^[0Nn]$/.test(value) ? 'N' : value;
}

/** Several parameters of one module share its options file. */
function optionsFiles(wanted: readonly Wanted[]): readonly Wanted[] {
  const byName = new Map<string, Wanted>();
  for (const one of wanted) {
    const key = `${one.resource.kind}:${one.resource.name}`;
    const other = byName.get(key);
    byName.set(key, other === undefined ? one : joined(other, one));
  }
  return [...byName.values()];
}

function joined(first: Wanted, second: Wanted): Wanted {
  const [a, b] = [first.resource, second.resource];
  if (a.kind !== 'file' || b.kind !== 'file' || a.desired === null || b.desired === null) return first;
  const options = (bytes: Uint8Array) =>
    new TextDecoder()
      .decode(bytes)
      .split('\n')
      .filter((line) => line.startsWith('options '));
  const lines = [...options(a.desired.bytes), ...options(b.desired.bytes)];
  return {
    resource: { ...a, desired: { ...a.desired, bytes: optionsText(lines) } },
    reasons: [...first.reasons, ...second.reasons],
  };
}

function optionsState(module: string, values: readonly string[]): NonNullable<States['file']> {
  const bytes = optionsText(values.map((value) => `options ${module} ${value}`));
  return { bytes, mode: '0644', owner: 'root', group: 'root', truncated: false };
}

function optionsText(lines: readonly string[]): Uint8Array {
  return textToBytes(`# Made by tsync for resources of the playbook.\n${lines.join('\n')}\n`);
}
