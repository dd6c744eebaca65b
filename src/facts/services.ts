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
  if (sections.section('services')?.state !== 'ok') return services;
  const links = unitLinks(sections);
  for (const block of sections.text('services').split(/\n\s*\n/)) {
    const values = new Map(block.split('\n').map(splitOnce));
    const unit = values.get('Id') ?? '';
    if (!UNIT.test(unit)) continue;
    const names = new Set([unit, ...(values.get('Names') ?? '').split(' ').filter((name) => UNIT.test(name))]);
    const facts = serviceFacts(unit, names, values, links, sections);
    for (const name of names) if (name === unit || !services.has(name)) services.set(name, facts);
  }
  return services;
}

const UNIT = /^[A-Za-z0-9:_.\\@-]{1,240}\.[a-z]+$/;

function serviceFacts(
  unit: string,
  names: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
  links: readonly UnitLink[],
  sections: Sections,
): ServiceFacts {
  const own = links.filter((link) => names.has(link.name) || (!link.mask && names.has(link.targetName)));
  const loadState = shown(values.get('LoadState') ?? 'unknown');
  const fragmentPath = values.get('FragmentPath') || null;
  const pid = Number(values.get('MainPID') ?? '0');
  const text = fragmentPath === null ? null : sections.fileText(fragmentPath);
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
    install: text === null ? null : parseInstall(text),
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
