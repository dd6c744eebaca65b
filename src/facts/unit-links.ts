import type { Sections } from './sections.js';

/** One entry below /etc/systemd/system or /run/systemd/system that enables, aliases or masks a unit. */
export interface UnitLink {
  readonly path: string;
  /** Last part of the path: the unit that is enabled or masked, or the alias. */
  readonly name: string;
  readonly target: string;
  readonly targetName: string;
  /** A link to /dev/null, or an empty file. */
  readonly mask: boolean;
}

/** From the lines of `ls -ld`, run in each folder. Names of units hold no blanks, so the rest of the line need not be known. */
export function unitLinks(sections: Sections): readonly UnitLink[] {
  const links: UnitLink[] = [];
  for (const name of sections.others.keys()) {
    if (!name.startsWith('links:/')) continue;
    for (const line of sections.lines(name)) {
      const link = parseEntry(name.slice('links:'.length), line);
      if (link) links.push(link);
    }
  }
  return links;
}

function parseEntry(folder: string, line: string): UnitLink | null {
  const arrow = line.indexOf(' -> ');
  const entry = arrow < 0 ? line : line.slice(0, arrow);
  const path = entry.slice(entry.lastIndexOf(' ') + 1);
  const target = arrow < 0 ? '' : line.slice(arrow + ' -> '.length);
  if (!/^[l-].* /.test(entry) || !UNIT_PATH.test(path) || !/^(?:[^\s\p{Cc}][^\p{Cc}]*)?$/u.test(target)) return null;
  const isLink = line.startsWith('l');
  if (isLink === (target === '')) return null;
  return {
    path: `${folder}/${path}`,
    name: lastPart(path),
    target,
    targetName: lastPart(target),
    mask: !isLink || target === '/dev/null',
  };
}

const UNIT_PATH = /^[A-Za-z0-9:_.\\@/-]+\.service$/;

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
