import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, Facts } from './facts.js';
import type { Sections } from './sections.js';

/** Versions of the few packages the probe asked for, by name; a name that is missing is not installed. */
export type Packages = ReadonlyMap<string, string>;

/** From dpkg-query, rpm or apk. They end with an error where one of the names is not installed: that is an answer. */
export function packagesFact(sections: Sections): Fact<Packages> {
  for (const [name, parse] of PARSERS) {
    const section = sections.section(`packages:${name}`);
    if (section === null || section.state === 'absent') continue;
    if (section.state !== 'ok' || section.exit === null || section.exit > 1 + 100) {
      return unknown(`the package database (${name}) could not be read in time`);
    }
    return whenKnown(known(sections.lines(`packages:${name}`)), (lines) => {
      const packages = new Map(lines.flatMap((line) => parse(line)));
      return section.exit === 0 || packages.size > 0 || lines.some((line) => NOT_INSTALLED.test(line))
        ? known(packages)
        : unknown(`${name} printed ${lines.find((line) => line.trim() !== '') ?? 'nothing'}`);
    });
  }
  return unknown('there is no package database that tsync knows');
}

/** Packages that dpkg left in the middle: `chrony 4.3-2+deb12u3 iF `. rpm and apk keep no such state. */
export function unfinishedPackagesFact(sections: Sections): Facts['unfinishedPackages'] {
  const section = sections.section('packages:dpkg');
  if (section?.state === 'ok') return known(sections.lines('packages:dpkg').flatMap(parseUnfinished));
  return sections.section('packages:rpm')?.state === 'ok' || sections.section('packages:apk')?.state === 'ok'
    ? known([])
    : unknown('there is no package database that tsync knows');
}

/** Of the letters of dpkg-query(1) the second is the state (H half installed, U unpacked, F half configured), the third R. */
function parseUnfinished(line: string): readonly { name: string; version: string; state: string }[] {
  const match = /^([a-z0-9][a-z0-9+.-]*) (\S{0,80}) ([a-z](?:[HUF].?|[a-zA-Z]R))\s*$/.exec(line);
  return match?.[1] && match[3] ? [{ name: match[1], version: shown(match[2] ?? ''), state: match[3].trim() }] : [];
}

const NOT_INSTALLED = /no packages found matching|is not installed/;

type Entry = readonly [string, string];

const PARSERS: readonly (readonly [string, (line: string) => readonly Entry[]])[] = [
  ['dpkg', parseDpkg],
  ['rpm', parseRpm],
  ['apk', parseApk],
];

/** `chrony 4.3-2+deb12u3 ii `: the second letter of the state is what is so; `rc` is removed, its configuration left. */
function parseDpkg(line: string): readonly Entry[] {
  const match = /^([a-z0-9][a-z0-9+.-]*) (\S{1,80}) [a-z]i/.exec(line);
  return match?.[1] && match[2] ? [[match[1], shown(match[2])]] : [];
}

/** `chrony 4.5-3.el9`; others say `package ntp is not installed`. */
function parseRpm(line: string): readonly Entry[] {
  const match = /^([A-Za-z0-9][A-Za-z0-9+._-]*) ([0-9]\S{0,80})$/.exec(line.trim());
  return match?.[1] && match[2] ? [[match[1], shown(match[2])]] : [];
}

/** `chrony-4.5-r0` */
function parseApk(line: string): readonly Entry[] {
  const match = /^([a-z0-9][a-z0-9+._-]*?)-([0-9]\S{0,80}-r[0-9]+)$/.exec(line.trim());
  return match?.[1] && match[2] ? [[match[1], shown(match[2])]] : [];
}
