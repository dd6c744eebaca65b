import type { Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { parseChronyConfig, readChronyWords } from './chrony-config.js';
import { isAtLeast, parseVersion, SINCE } from './chrony-version.js';
import { configReader } from './config-reader.js';
import { type ConfigReading, type MainConfig, type PlacedLine, unread } from './daemon-config.js';
import { foremostFiles } from './foremost-files.js';
import { isBelow, isPlainPattern, nameOf } from './host-path.js';
import { matchesGlob } from './matches-glob.js';

export interface ChronyConfig extends MainConfig {
  /** Folder below /etc whose *.conf the daemon reads, or null. */
  readonly confdir: string | null;
  /** Folder below /etc whose *.sources the daemon reads, or null. */
  readonly sourcedir: string | null;
}

/**
 * Reads chrony's configuration in the order of chronyd (chrony.conf(5), conf.c, tried with chronyd -p of 4.3): `include` and
 * `confdir` where they stand, what the folders of `sourcedir` hold after all else. One file that is not known as a whole makes all of
 * it unknown.
 */
export function readChronyConfig(facts: Facts): ConfigReading<ChronyConfig> {
  const { configPath, configFiles } = facts.chrony;
  const daemon = findDaemon(facts, 'chrony');
  if (daemon?.installed.value !== true) return unread('chrony is not installed.', false);
  const [odd] = daemon.unread;
  if (configPath === null) {
    return unread('It is not known which file chronyd reads.', odd !== undefined || daemon.untrusted.length > 0);
  }
  const reader = configReader(facts, { parse: parseChronyConfig, readWords: readChronyWords });
  const sourcedirs: (readonly string[])[] = [];
  const folders = Map.groupBy(configFiles, folderOf);
  const lengths = configFiles.reduce((sum, path) => sum + path.length, 0);
  let followed = 0;
  let compared = 0;
  read(configPath, 0);
  for (const named of sourcedirs) {
    for (const path of filesOf(named, '.sources', folders)) {
      for (const placed of reader.open(path, { ...traitsOf(path), role: 'sources' })) reader.add(placed);
    }
  }
  if (odd !== undefined) reader.fail(`${odd} was not followed.`);
  const reading = reader.result();
  if (!reading.known) return reading;
  const [main] = reading.config.files;
  if (main === undefined) return unread(`${configPath} does not exist.`, false);
  const { foreign } = reading.config;
  const hasFolders = isAtLeast(parseVersion(daemon.version.value ?? '') ?? [0, 0], SINCE.confdir);
  return {
    known: true,
    config: {
      ...reading.config,
      main,
      confdir: hasFolders ? findFolder(foreign, 'confdir') : null,
      sourcedir: hasFolders ? findFolder(foreign, 'sourcedir') : null,
    },
  };

  function read(path: string, depth: number): void {
    if (depth > DEEPEST) reader.fail(`${path} is included more than ${DEEPEST} files deep.`);
    for (const placed of reader.open(path, traitsOf(path))) {
      reader.add(placed);
      if (!placed.line.disabled && BRINGS_FILES.has(placed.line.directive ?? '')) follow(placed, depth);
    }
  }

  function follow({ file, line: { directive, args, text } }: PlacedLine, depth: number): void {
    followed += 1;
    if (followed > MOST_FOLLOWED) reader.fail(`${file.path} includes more than is followed.`);
    else if (!args.every(isPlainPattern))
      reader.fail(`"${text.slice(0, 400).trim()}" is no plain path: what it brings was not read.`);
    else if (directive === 'sourcedir') sourcedirs.push(args);
    else {
      const paths = directive === 'confdir' ? filesOf(args, '.conf', folders) : matching(args[0] ?? '');
      for (const path of paths) read(path, depth + 1);
    }
  }

  function matching(pattern: string): readonly string[] {
    // A host chooses both, and everybody waits meanwhile.
    compared += pattern.length * lengths;
    if (compared > MOST_COMPARED) {
      reader.fail('The patterns that its includes name take too long to follow.');
      return [];
    }
    return configFiles.filter((path) => matchesGlob(plain(path), plain(pattern))).toSorted();
  }
}

const BRINGS_FILES: ReadonlySet<string> = new Set(['include', 'confdir', 'sourcedir']);

/** The probe reads as many files, and not so deep. */
const MOST_FOLLOWED = 60;
/** Pairs of characters, in all patterns and paths together: a tenth of a second. */
const MOST_COMPARED = 20_000_000;
/** chronyd ends itself beyond: MAX_INCLUDE_LEVEL of conf.c. */
const DEEPEST = 10;

/** What tsync itself wrote is known by its name, whichever directive brings it. */
function traitsOf(path: string) {
  const name = nameOf(path);
  const madeAtStart = name === 'tsync-refclock.conf';
  return { ours: madeAtStart || name === 'tsync.conf' || name === 'tsync.sources', madeAtStart };
}

/**
 * The files of the folders of one directive, by their names; of two with one name that of the folder that is named first (conf.c,
 * search_dirs). A folder is no pattern there.
 */
function filesOf(
  named: readonly string[],
  suffix: string,
  folders: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const counts = (path: string) => path.endsWith(suffix) && !nameOf(path).startsWith('.');
  const once = new Set(named.map((one) => plain(one).replace(/\/$/, '')));
  return foremostFiles([...once].map((folder) => (folders.get(folder) ?? []).filter(counts)));
}

function folderOf(path: string): string {
  const whole = plain(path);
  return whole.slice(0, whole.lastIndexOf('/'));
}

function plain(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/');
}

function findFolder(lines: readonly PlacedLine[], directive: string): string | null {
  for (const { line } of lines) {
    if (line.directive !== directive || line.disabled) continue;
    const folder = line.args.map((arg) => arg.replace(/\/+$/, '')).find((arg) => isBelow('/etc', arg));
    if (folder !== undefined) return folder;
  }
  return null;
}
