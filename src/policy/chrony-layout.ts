import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts, FileFacts } from '#facts/facts.js';
import { type ConfigLine, parseChronyConfig } from './chrony-config.js';
import type { ChronyHost } from './chrony-host.js';
import { isAtLeast, SINCE } from './chrony-version.js';

type PresentFile = Extract<FileFacts, { readonly state: 'present' }>;

/** One file of chrony's configuration that is there. */
export interface ConfigFile {
  /** The file itself: where a symbolic link leads. */
  readonly path: string;
  /** `sources`: only server, pool and peer count there. */
  readonly role: 'config' | 'sources';
  readonly lines: readonly ConfigLine[];
  readonly file: PresentFile;
  /** True for files that only tsync writes. */
  readonly ours: boolean;
}

export interface ChronyLayout {
  readonly main: ConfigFile;
  /** In reading order, `main` included. */
  readonly files: readonly ConfigFile[];
  /** Every directive that is not ours, those that tsync switched off included. */
  readonly foreign: readonly PlacedLine[];
  /** Folder below /etc whose *.conf the daemon reads, or null. */
  readonly confdir: string | null;
  /** Folder below /etc whose *.sources the daemon reads, or null. */
  readonly sourcedir: string | null;
}

export type LayoutReading =
  | { readonly known: true; readonly layout: ChronyLayout }
  | { readonly known: false; readonly problem: Problem };

/** Reads chrony's configuration as a whole; one file that is not known as a whole makes all of it unknown. */
export function readLayout(facts: Facts, host: ChronyHost): LayoutReading {
  const files: ConfigFile[] = [];
  for (const path of new Set([host.configPath, ...facts.chrony.configFiles])) {
    const file = facts.files.get(path);
    if (file === undefined) return unknown(`${path} was not read.`);
    if (file.state === 'absent') continue;
    if (file.state !== 'present') return unknown(`${path} could not be read: ${file.reason}`);
    if (file.truncated) return unknown(`${path} is too large to be read as a whole.`);
    files.push(toConfigFile(path, file));
  }
  const main = files[0];
  if (main === undefined || facts.files.get(host.configPath)?.state !== 'present') {
    return unknown(`${host.configPath} does not exist.`);
  }
  const odd = files.flatMap((file) => file.lines.filter(isOddInclude));
  if (odd[0] !== undefined) return unknown(`"${odd[0].text.trim()}" is no plain path: what it brings was not read.`);
  return { known: true, layout: { main, files, foreign: files.flatMap(foreignLines), ...findFolders(files, host) } };
}

/** The probe follows plain paths and the patterns * and ? only. */
function isOddInclude(line: ConfigLine): boolean {
  return (
    (line.directive === 'include' || line.directive === 'confdir' || line.directive === 'sourcedir') &&
    !line.disabled &&
    !line.args.every((arg) => /^\/[A-Za-z0-9_./:@+,~=*?-]+$/.test(arg))
  );
}

export interface PlacedLine {
  readonly file: ConfigFile;
  /** 0-based. */
  readonly index: number;
  readonly line: ConfigLine;
}

function foreignLines(file: ConfigFile): PlacedLine[] {
  if (file.ours) return [];
  return file.lines.flatMap((line, index) => (line.directive === null || line.ours ? [] : [{ file, index, line }]));
}

/** Directives of tsync's own files and block that the daemon reads now. */
export function ownLines(layout: ChronyLayout): readonly ConfigLine[] {
  return layout.files
    .filter((file) => !isSnippet(file.path))
    .flatMap((file) =>
      file.lines.filter((line) => (file.ours || line.ours) && line.directive !== null && !line.disabled),
    );
}

function toConfigFile(path: string, file: PresentFile): ConfigFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    path: file.resolvedTo ?? path,
    role: path.endsWith('.sources') ? 'sources' : 'config',
    lines: parseChronyConfig(file.bytes),
    file,
    ours: name === 'tsync.conf' || name === 'tsync.sources' || isSnippet(path),
  };
}

/** What refclock.sh writes at each start of the daemon. */
function isSnippet(path: string): boolean {
  return path.endsWith('/tsync-refclock.conf');
}

function findFolders(files: readonly ConfigFile[], host: ChronyHost): Pick<ChronyLayout, 'confdir' | 'sourcedir'> {
  if (!isAtLeast(host.version, SINCE.confdir)) return { confdir: null, sourcedir: null };
  return { confdir: findFolder(files, 'confdir'), sourcedir: findFolder(files, 'sourcedir') };
}

function findFolder(files: readonly ConfigFile[], directive: string): string | null {
  for (const { lines } of files) {
    for (const line of lines) {
      if (line.directive !== directive || line.disabled || line.ours) continue;
      const folder = line.args.find((arg) => arg.startsWith('/etc/'));
      if (folder !== undefined) return folder.replace(/\/+$/, '');
    }
  }
  return null;
}

function unknown(detail: string): LayoutReading {
  return { known: false, problem: problem('policy/config-unknown', printable(detail)) };
}
