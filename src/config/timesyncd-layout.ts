import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { configMeter } from './config-bounds.js';
import { type ConfigFile, foreignLines, type PlacedLine, type ReadConfig } from './config-layout.js';
import type { KeptDaemon } from './kept-daemon.js';
import { parseTimesyncdConfig, readTimesyncdWords } from './timesyncd-config.js';
import { whyUntrusted } from './untrusted.js';

/** The only file of timesyncd's configuration that tsync writes: by its name it is read after the others. */
export const OWN_DROP_IN = '/etc/systemd/timesyncd.conf.d/zz-tsync.conf';

/** Read in this order: the main file, then the drop-ins by name. */
export interface TimesyncdLayout extends ReadConfig {
  /** Assignments of NTP= that are not ours and read after our file would be. */
  readonly afterOurs: readonly PlacedLine[];
  /** The servers of NTP= without our file. */
  readonly servers: readonly string[];
}

export type TimesyncdReading =
  | { readonly known: true; readonly layout: TimesyncdLayout }
  | { readonly known: false; readonly problem: Problem };

/** Reads what timesyncd reads; one file that is not known as a whole makes all of it unknown. */
export function readTimesyncdLayout(facts: Facts, daemon: KeptDaemon): TimesyncdReading {
  const untrusted = whyUntrusted(daemon);
  if (untrusted !== null) return unknown(untrusted);
  const files: ConfigFile[] = [];
  const tooMuch = configMeter();
  for (const path of readingOrder(facts)) {
    const file = facts.files.get(path);
    if (file === undefined || file.state === 'absent') continue;
    if (file.state !== 'present') return unknown(`${path} could not be read: ${file.reason}`);
    if (file.truncated) return unknown(`${path} is too large to be read as a whole.`);
    const excess = tooMuch(file);
    if (excess !== null) return unknown(excess);
    const lines = parseTimesyncdConfig(file.bytes);
    const ours = path === OWN_DROP_IN;
    files.push({ path: file.resolvedTo ?? path, role: 'config', lines, readWords: readTimesyncdWords, file, ours });
  }
  const foreign = files.flatMap(foreignLines).filter(({ line }) => line.directive === 'NTP' && !line.disabled);
  const continued = foreign.find(({ line }) => line.args.at(-1)?.endsWith('\\'));
  if (continued !== undefined) return unknown(`${continued.file.path} continues NTP= over several lines.`);
  return {
    known: true,
    layout: {
      files,
      foreign: files.flatMap(foreignLines),
      afterOurs: foreign.filter(({ file }) => nameOf(file.path) > nameOf(OWN_DROP_IN) && file !== files[0]),
      servers: serversOf(foreign),
    },
  };
}

/** Assignments add to the list; an empty one starts it anew. */
function serversOf(assignments: readonly PlacedLine[]): readonly string[] {
  const last = assignments.findLastIndex(({ line }) => line.args.length === 0);
  return assignments.slice(last + 1).flatMap(({ line }) => line.args);
}

/** systemd.syntax(7): of drop-ins with one name that of the foremost folder counts; all are read in the order of their names. */
function readingOrder(facts: Facts): readonly string[] {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS.toReversed()) {
    for (const path of facts.files.keys()) {
      const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
      if (name.endsWith('.conf') && !name.includes('/')) byName.set(name, path);
    }
  }
  const names = [...byName.keys()].toSorted();
  return [MAIN, ...names.map((name) => byName.get(name) ?? '')];
}

const MAIN = '/etc/systemd/timesyncd.conf';
const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((top) => `${top}/systemd/timesyncd.conf.d`);

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function unknown(detail: string): TimesyncdReading {
  return { known: false, problem: problem('policy/config-unknown', printable(detail)) };
}
