import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { parseChronyConfig, readChronyWords } from './chrony-config.js';
import { isAtLeast, SINCE } from './chrony-version.js';
import { configMeter } from './config-bounds.js';
import { type ConfigFile, type ConfigLayout, foreignLines, isSnippet, type PresentFile } from './config-layout.js';
import type { ConfigLine } from './config-line.js';
import { isBelow, isPlainPattern } from './host-path.js';
import { whyUntrusted } from './untrusted.js';

/** chrony as it is installed, where all that its configuration is read by is known. */
export interface ChronyInstallation {
  readonly version: readonly [number, number];
  /** The file that chronyd really reads. */
  readonly configPath: string;
  readonly daemon: DaemonFacts;
}

export interface ChronyLayout extends ConfigLayout {
  /** Folder below /etc whose *.conf the daemon reads, or null. */
  readonly confdir: string | null;
  /** Folder below /etc whose *.sources the daemon reads, or null. */
  readonly sourcedir: string | null;
}

export type LayoutReading =
  | { readonly known: true; readonly layout: ChronyLayout }
  | { readonly known: false; readonly problem: Problem };

/** Reads chrony's configuration as a whole; one file that is not known as a whole makes all of it unknown. */
export function readLayout(facts: Facts, host: ChronyInstallation): LayoutReading {
  const untrusted = whyUntrusted(host.daemon);
  if (untrusted !== null) return unknown(untrusted);
  const files: ConfigFile[] = [];
  const tooMuch = configMeter();
  for (const path of new Set([host.configPath, ...facts.chrony.configFiles])) {
    const file = facts.files.get(path);
    if (file === undefined) return unknown(`${path} was not read.`);
    if (file.state === 'absent') continue;
    if (file.state !== 'present') return unknown(`${path} could not be read: ${file.reason}`);
    if (file.truncated) return unknown(`${path} is too large to be read as a whole.`);
    const excess = tooMuch(file);
    if (excess !== null) return unknown(excess);
    files.push(toConfigFile(path, file));
  }
  const main = files[0];
  if (main === undefined || facts.files.get(host.configPath)?.state !== 'present') {
    return unknown(`${host.configPath} does not exist.`);
  }
  const odd = files.flatMap((file) => file.lines.filter(isOddInclude));
  if (odd[0] !== undefined)
    return unknown(`"${odd[0].text.slice(0, 400).trim()}" is no plain path: what it brings was not read.`);
  return { known: true, layout: { main, files, foreign: files.flatMap(foreignLines), ...findFolders(files, host) } };
}

/** The probe follows plain paths and the patterns * and ? only. */
function isOddInclude(line: ConfigLine): boolean {
  return (
    (line.directive === 'include' || line.directive === 'confdir' || line.directive === 'sourcedir') &&
    !line.disabled &&
    !line.args.every(isPlainPattern)
  );
}

function toConfigFile(path: string, file: PresentFile): ConfigFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    path: file.resolvedTo ?? path,
    role: path.endsWith('.sources') ? 'sources' : 'config',
    lines: parseChronyConfig(file.bytes),
    readWords: readChronyWords,
    file,
    ours: name === 'tsync.conf' || name === 'tsync.sources' || isSnippet(path),
  };
}

function findFolders(
  files: readonly ConfigFile[],
  host: ChronyInstallation,
): Pick<ChronyLayout, 'confdir' | 'sourcedir'> {
  if (!isAtLeast(host.version, SINCE.confdir)) return { confdir: null, sourcedir: null };
  return { confdir: findFolder(files, 'confdir'), sourcedir: findFolder(files, 'sourcedir') };
}

function findFolder(files: readonly ConfigFile[], directive: string): string | null {
  for (const { lines } of files) {
    for (const line of lines) {
      if (line.directive !== directive || line.disabled || line.ours) continue;
      const folder = line.args.find((arg) => isBelow('/etc', arg.replace(/\/+$/, '')));
      if (folder !== undefined) return folder.replace(/\/+$/, '');
    }
  }
  return null;
}

function unknown(detail: string): LayoutReading {
  return { known: false, problem: problem('policy/config-unknown', printable(detail)) };
}
