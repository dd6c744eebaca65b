import type { Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import { configReader } from './config-reader.js';
import { type ConfigReading, type DaemonConfig, type PlacedLine, unread } from './daemon-config.js';
import { foremostFiles } from './foremost-files.js';
import { nameOf } from './host-path.js';
import { parseTimesyncdConfig, readTimesyncdWords } from './timesyncd-config.js';

/** The only file of timesyncd's configuration that tsync writes: by its name it is read after the others. */
export const OWN_DROP_IN = '/etc/systemd/timesyncd.conf.d/zz-tsync.conf';

/** Its server lines are assignments of NTP=. */
export interface TimesyncdConfig extends DaemonConfig {
  /** The servers of NTP= without our file. */
  readonly addresses: readonly string[];
}

/**
 * Reads what timesyncd reads, in its order (systemd.syntax(7)): the main file, then the drop-ins of all folders by name; of two with one
 * name that of the foremost folder counts. One file that is not known as a whole makes all of it unknown.
 */
export function readTimesyncdConfig(facts: Facts): ConfigReading<TimesyncdConfig> {
  if (findDaemon(facts, 'timesyncd')?.installed.value !== true)
    return unread('systemd-timesyncd is not installed.', false);
  const reader = configReader(facts, { parse: parseTimesyncdConfig, readWords: readTimesyncdWords });
  for (const path of [MAIN, ...dropIns(facts)]) {
    const afterOurs = path !== MAIN && nameOf(path) > nameOf(OWN_DROP_IN);
    const traits = { ours: path === OWN_DROP_IN, afterOurs };
    if (facts.files.has(path)) reader.open(path, traits).forEach(reader.add);
  }
  const reading = reader.result();
  if (!reading.known) return reading;
  const { config } = reading;
  const foreign = config.foreign.filter(({ line }) => line.directive === 'NTP' && !line.disabled);
  const continued = foreign.find(({ line }) => line.args.at(-1)?.endsWith('\\'));
  if (continued !== undefined) return unread(`${continued.file.path} continues NTP= over several lines.`);
  const servers = inForce(config.directives.get('NTP') ?? []);
  return { known: true, config: { ...config, servers, addresses: inForce(foreign).flatMap(({ line }) => line.args) } };
}

/** Assignments add to the list; an empty one starts it anew. */
function inForce(assignments: readonly PlacedLine[]): readonly PlacedLine[] {
  return assignments.slice(assignments.findLastIndex(({ line }) => line.args.length === 0) + 1);
}

function dropIns({ files }: Facts): readonly string[] {
  const there = [...files]
    .filter(([path, { state }]) => path.endsWith('.conf') && state !== 'absent')
    .map(([path]) => path);
  return foremostFiles(FOLDERS.map((folder) => there.filter((path) => path === `${folder}/${nameOf(path)}`)));
}

const MAIN = '/etc/systemd/timesyncd.conf';
const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((top) => `${top}/systemd/timesyncd.conf.d`);
