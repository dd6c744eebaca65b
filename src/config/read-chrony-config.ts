import type { Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { parseChronyConfig, readChronyWords } from './chrony-config.js';
import { isAtLeast, parseVersion, SINCE } from './chrony-version.js';
import { configReader } from './config-reader.js';
import { type ConfigReading, type MainConfig, type PlacedLine, unread } from './daemon-config.js';
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
  let followed = 0;
  read(configPath, 0);
  for (const folders of sourcedirs) {
    for (const path of filesOf(folders, '.sources', configFiles)) {
      for (const placed of reader.open(path, { role: 'sources', ours: nameOf(path) === 'tsync.sources' }))
        reader.add(placed);
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
    const name = nameOf(path);
    const madeAtStart = name === 'tsync-refclock.conf';
    for (const placed of reader.open(path, { ours: madeAtStart || name === 'tsync.conf', madeAtStart })) {
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
      const paths = directive === 'confdir' ? filesOf(args, '.conf', configFiles) : matching(args[0] ?? '');
      for (const path of paths) read(path, depth + 1);
    }
  }

  function matching(pattern: string): readonly string[] {
    return configFiles.filter((path) => matchesGlob(plain(path), plain(pattern))).toSorted();
  }
}

const BRINGS_FILES: ReadonlySet<string> = new Set(['include', 'confdir', 'sourcedir']);

/** The probe reads as many files, and not so deep. */
const MOST_FOLLOWED = 60;
/** chronyd ends itself beyond: MAX_INCLUDE_LEVEL of conf.c. */
const DEEPEST = 10;

/**
 * The files of the folders of one directive, by their names; of two with one name that of the folder that is named first (conf.c,
 * search_dirs). A folder is no pattern there.
 */
function filesOf(folders: readonly string[], suffix: string, paths: readonly string[]): readonly string[] {
  const byName = new Map<string, string>();
  for (const folder of folders.toReversed()) {
    for (const path of paths) {
      const name = nameOf(path);
      const isInside = plain(path) === `${plain(folder).replace(/\/$/, '')}/${name}`;
      if (isInside && name.endsWith(suffix) && !name.startsWith('.')) byName.set(name, path);
    }
  }
  return [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
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
