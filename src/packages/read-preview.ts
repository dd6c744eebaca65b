import type { PackageManager } from '#facts/facts.js';
import type { PackageChange } from './package-plan.js';
import { isPackageName } from './package-program.js';

/** One command of a simulation: what it printed, and its exit status (null: its deadline ended it). */
export interface PreviewPart {
  /** `all`, `install`, `remove` */
  readonly part: string;
  readonly text: string;
  readonly exit: number | null;
}

/** What the simulation says, or why it cannot be told: then nothing may be approved. */
export type Preview =
  | { readonly known: true; readonly changes: readonly PackageChange[] }
  | { readonly known: false; readonly detail: string };

/**
 * Reads what a package manager prints when it only simulates. Total: any text gives changes or a reason, and a text that is not
 * understood as a whole gives a reason. `available`: of packages that go, by name, the versions that the repositories have.
 */
export function readPreview(
  manager: PackageManager,
  parts: readonly PreviewPart[],
  available: ReadonlyMap<string, readonly string[]>,
): Preview {
  if (parts.length === 0) return { known: false, detail: `${manager} was not asked.` };
  const changes: PackageChange[] = [];
  for (const part of parts) {
    const found = READERS[manager](part);
    if (typeof found === 'string') return { known: false, detail: `${manager} says: ${found}` };
    for (const [name, before, after] of found) {
      if (!isPackageName(name, before) || !isPackageName(name, after))
        return { known: false, detail: `${manager} names a package that is none.` };
      const undo = before === null ? 'possible' : undoOf(manager, available.get(name), before);
      changes.push({ name, before, after, undo });
    }
  }
  return { known: true, changes: changes.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) };
}

function undoOf(
  manager: PackageManager,
  versions: readonly string[] | undefined,
  before: string,
): PackageChange['undo'] {
  if (manager !== 'apt' || versions === undefined) return 'unknown';
  return versions.includes(before) ? 'possible' : 'impossible';
}

type Row = readonly [name: string, before: string | null, after: string | null];
type Reader = (part: PreviewPart) => readonly Row[] | string;

const READERS: { readonly [M in PackageManager]: Reader } = {
  apt: readApt,
  dnf: readTable,
  yum: readTable,
  tdnf: readTable,
  zypper: readZypper,
  apk: readApk,
};

/** `Remv NAME [OLD]`, `Inst NAME [OLD] (NEW ...)`, `Inst NAME (NEW ...)`; `Conf` lines only follow. */
function readApt({ text, exit }: PreviewPart): readonly Row[] | string {
  if (exit !== 0) return firstOf(text, /^E: (.*)/m);
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const match = /^(Inst|Remv|Purg) (\S+)(?: \[([^\]\s]+)\])?(?: \(([^\s)]+)[^)]*\))?/.exec(line);
    if (match === null) {
      if (/^(Inst|Remv|Purg)\b/.test(line)) return 'a line that is not understood';
      continue;
    }
    const [, verb, name = '', before = null, after = null] = match;
    if (verb === 'Inst' ? after === null : before === null) return 'a line that is not understood';
    rows.push([withoutArchitecture(name), before, verb === 'Inst' ? after : null]);
  }
  return rows;
}

function withoutArchitecture(name: string): string {
  return name.replace(/:[a-z0-9]+$/, '');
}

/** Sections `Installing:`, `Installing dependencies:`, `Removing:`, `Upgrading:` ...; rows `NAME ARCH VERSION REPOSITORY SIZE`. */
function readTable({ text, exit }: PreviewPart): readonly Row[] | string {
  if (/^(Nothing to do|Nothing to do\.|Package .* already installed)/m.test(text) && !/^Installing/m.test(text))
    return [];
  if (exit === null || exit > 1) return firstOf(text, /^(?:Error|error|No )[: ]*(.*)/m);
  const rows: Row[] = [];
  let verb: 'install' | 'remove' | 'other' | null = null;
  for (const line of joinWrapped(text.split('\n'))) {
    const title =
      /^(Installing|Reinstalling|Upgrading|Updating|Downgrading|Removing|Erasing|Obsoleting|Replacing)\b.*:\s*$/.exec(
        line,
      )?.[1];
    if (title !== undefined) {
      verb = title === 'Installing' ? 'install' : title === 'Removing' || title === 'Erasing' ? 'remove' : 'other';
      continue;
    }
    if (/^(Transaction Summary|Total|=+$|Is this ok|Operation aborted)/.test(line)) verb = null;
    if (verb === null) continue;
    const row = /^\s*(\S+)\s+(x86_64|aarch64|noarch|i[3-6]86|ppc64le|s390x)\s+(?:\d+:)?(\S+)\s/.exec(line);
    if (row === null) continue;
    if (verb === 'other') return 'it would change other packages, which tsync does not ask for';
    rows.push(verb === 'install' ? [row[1]!, null, row[3]!] : [row[1]!, row[3]!, null]);
  }
  return rows.length > 0 ? rows : firstOf(text, /^(?:Error|error|No |Unable)[: ]*(.*)/m);
}

/** yum wraps a long name: the rest of its row stands on the next line. */
function joinWrapped(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, index) => {
    const isName = /^ \S+$/.test(line);
    if (isName && index + 1 < lines.length) return [`${line} ${lines[index + 1]!.trim()}`];
    return [line];
  });
}

/** `--xmlout`: `<to-install>`, `<to-remove>`, `<to-upgrade>` ... with `<solvable type="package" name= edition= .../>`. */
function readZypper({ text, exit }: PreviewPart): readonly Row[] | string {
  if (exit !== 0) return firstOf(text, /<message type="error">([^<]*)/);
  const rows: Row[] = [];
  for (const [, part = '', body = ''] of text.matchAll(/<(to-[a-z-]+)[^>]*>([\s\S]*?)<\/\1>/g)) {
    for (const [solvable] of body.matchAll(/<solvable [^>]*>/g)) {
      const name = attribute(solvable, 'name');
      const edition = attribute(solvable, 'edition');
      if (attribute(solvable, 'type') !== 'package' || name === null || edition === null) continue;
      if (part === 'to-install') rows.push([name, null, edition]);
      else if (part === 'to-remove') rows.push([name, edition, null]);
      else rows.push([name, attribute(solvable, 'edition-old') ?? 'unknown', edition]);
    }
  }
  return rows;
}

function attribute(element: string, name: string): string | null {
  return new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1] ?? null;
}

/** `(1/2) Installing chrony (4.5-r0)`, `(2/2) Purging openntpd (6.8_p1-r9)`, `Upgrading NAME (OLD -> NEW)`. */
function readApk({ text, exit }: PreviewPart): readonly Row[] | string {
  if (exit !== 0) return firstOf(text, /^(?:ERROR: )?(.*)/m);
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const match = /^\(\d+\/\d+\) (\w+) (\S+) \(([^\s)]+)(?: -> ([^\s)]+))?\)/.exec(line);
    if (match === null) continue;
    const [, verb, name = '', first = '', second] = match;
    if (verb === 'Installing') rows.push([name, null, first]);
    else if (verb === 'Purging') rows.push([name, first, null]);
    else rows.push([name, first, second ?? first]);
  }
  return rows;
}

function firstOf(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1]?.trim() ?? text.trim().split('\n').at(-1) ?? '';
  return found === '' ? 'nothing that is understood' : found.slice(0, 200);
}

/** `chrony | 4.3-2+deb12u1 | http://...`: the versions of `apt-cache madison`. */
export function readMadison(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const version = line.split('|')[1]?.trim();
    return version === undefined || version === '' ? [] : [version];
  });
}
