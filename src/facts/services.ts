import { shown } from './fact.js';
import type { ServiceFacts } from './facts.js';
import type { Sections } from './sections.js';
import { type UnitLink, unitLinks } from './unit-links.js';

/**
 * Units by every name that systemd knows for them: `chrony.service` and its alias `chronyd.service` lead to the same facts,
 * whose `unit` is the real one. A unit that was asked for and is not there has loadState `not-found`.
 */
export function servicesOf(sections: Sections): ReadonlyMap<string, ServiceFacts> {
  const services = new Map<string, ServiceFacts>();
  const seen = new Set<string>();
  if (sections.section('services')?.state !== 'ok') return services;
  const links = indexLinks(unitLinks(sections));
  const install = installOf(sections);
  const blocks = sections
    .text('services')
    .split(/\n\s*\n/)
    .slice(0, MOST_UNITS)
    .map((block) => new Map(block.split('\n').map(splitOnce)));
  const namesOf = namesByUnit(blocks);
  for (const values of blocks) {
    const unit = values.get('Id') ?? '';
    const names = namesOf.get(unit);
    if (names === undefined || seen.has(unit)) continue;
    seen.add(unit);
    const own = ownLinks(names, links);
    if (own === null) continue;
    const facts = serviceFacts(unit, own, values, install);
    for (const name of names) if (name === unit || !services.has(name)) services.set(name, facts);
  }
  return services;
}

/** A unit that was asked for by two names has two blocks, of which each may name one: it has the names of both. */
function namesByUnit(blocks: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, ReadonlySet<string>> {
  const namesOf = new Map<string, Set<string>>();
  for (const values of blocks) {
    const unit = values.get('Id') ?? '';
    if (!UNIT.test(unit)) continue;
    const names = namesOf.get(unit) ?? new Set([unit]);
    for (const name of (values.get('Names') ?? '').split(' ')) if (UNIT.test(name)) names.add(name);
    namesOf.set(unit, names);
  }
  return namesOf;
}

const UNIT = /^[A-Za-z0-9:_.\\@-]{1,240}\.[a-z]+$/;

/** The probe asks for a dozen, and a playbook may name more. */
const MOST_UNITS = 1000;

type LinksByName = ReadonlyMap<string, readonly UnitLink[]>;

/** By the unit's own name and, where it is no mask, by the name that it leads to. */
function indexLinks(links: readonly UnitLink[]): LinksByName {
  const byName = new Map<string, UnitLink[]>();
  for (const link of links) {
    for (const name of new Set([link.name, ...(link.mask ? [] : [link.targetName])])) {
      const there = byName.get(name);
      if (there === undefined) byName.set(name, [link]);
      else there.push(link);
    }
  }
  return byName;
}

/** What enables, aliases or masks a unit by any of its names; null where that is more than any unit has: then it is not known. */
function ownLinks(names: ReadonlySet<string>, links: LinksByName): readonly UnitLink[] | null {
  const own = new Set<UnitLink>();
  for (const name of names) {
    const named = links.get(name) ?? [];
    if (named.length > MOST_LINKS) return null;
    for (const link of named) own.add(link);
    if (own.size > MOST_LINKS) return null;
  }
  return [...own];
}

const MOST_LINKS = 200;

/** Reads each unit file once, however many blocks name it. */
function installOf(sections: Sections): (path: string | null) => ServiceFacts['install'] {
  const known = new Map<string, ServiceFacts['install']>();
  return (path) => {
    if (path === null) return null;
    const seen = known.get(path);
    if (seen !== undefined) return seen;
    const text = sections.fileText(path);
    const install = text === null ? null : parseInstall(text);
    known.set(path, install);
    return install;
  };
}

function serviceFacts(
  unit: string,
  own: readonly UnitLink[],
  values: ReadonlyMap<string, string>,
  installAt: (path: string | null) => ServiceFacts['install'],
): ServiceFacts {
  const loadState = shown(values.get('LoadState') ?? 'unknown');
  const fragmentPath = values.get('FragmentPath') || null;
  const pid = Number(values.get('MainPID') ?? '0');
  return {
    unit,
    loadState,
    activeState: shown(values.get('ActiveState') ?? 'unknown'),
    unitFileState: shown(values.get('UnitFileState') ?? ''),
    fragmentPath,
    dropIns: (values.get('DropInPaths') ?? '').split(' ').filter((path) => path.startsWith('/')),
    mainPid: Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    links: own
      .filter((link) => !link.mask)
      .map((link) => `${link.path} -> ${link.target}`)
      .sort(),
    masked: loadState === 'masked' || own.some((link) => link.mask),
    install: installAt(fragmentPath),
  };
}

/** The [Install] section of a unit file: lists of words, emptied by an empty assignment, continued by a backslash. */
export function parseInstall(text: string): NonNullable<ServiceFacts['install']> {
  const lists: { [key: string]: string[] } = { WantedBy: [], RequiredBy: [], Alias: [] };
  let inside = false;
  for (const line of text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((raw) => raw.trim())) {
    if (line.startsWith('[')) inside = line === '[Install]';
    const [key, value] = splitOnce(line);
    if (!inside || !Object.hasOwn(lists, key)) continue;
    if (value === '') lists[key] = [];
    else lists[key]?.push(...value.split(/\s+/).map((word) => shown(word)));
  }
  return { wantedBy: lists.WantedBy ?? [], requiredBy: lists.RequiredBy ?? [], alias: lists.Alias ?? [] };
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at < 1 ? ['', ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
