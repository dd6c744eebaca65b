import type { DaemonFacts, Facts } from '#facts/facts.js';
import { configReader } from './config-reader.js';
import { type ConfigReading, type MainConfig, type PlacedLine, unread } from './daemon-config.js';
import { isPlainPath } from './host-path.js';
import { parseNtpConfig, readNtpWords } from './ntp-config.js';

/**
 * Reads ntp.conf in the order of ntpd: what `includefile` names where it stands, and of ntpsec the files of the folder ntp.d beside it
 * after all else. One file that is not known as a whole makes all of it unknown.
 */
export function readNtpConfig(facts: Facts, daemon: DaemonFacts): ConfigReading<MainConfig> {
  if (daemon.installed.value !== true) return unread(`${daemon.name} is not installed.`, false);
  const path = ntpConfigPath(facts, daemon);
  if (path === null) return unread(`${daemon.name} runs with a -c that names no plain path.`);
  const [odd] = daemon.unread;
  const file = facts.files.get(path);
  if (file === undefined) return unread(`${path} was not read.`, odd !== undefined);
  if (file.state === 'absent') return unread(`${path} does not exist.`, false);
  const reader = configReader(facts, { parse: parseNtpConfig, readWords: readNtpWords });
  const fragments = new Set(daemon.name === 'ntpsec' ? filesIn(facts, `${path.replace(/\.conf$/, '')}.d`) : []);
  let followed = 0;
  read(path, true);
  for (const fragment of fragments) read(fragment, false);
  if (odd !== undefined) reader.fail(`${odd} was not followed.`);
  const reading = reader.result();
  if (!reading.known) return reading;
  const [main] = reading.config.files;
  if (main === undefined) return unread(`${path} does not exist.`, false);
  return { known: true, config: { ...reading.config, main } };

  function read(file: string, isMain: boolean): void {
    for (const placed of reader.open(file, { afterOurs: fragments.has(file) })) {
      reader.add(placed);
      if (placed.line.directive === 'includefile' && !placed.line.disabled) include(placed, isMain);
    }
  }

  function include({ file, line }: PlacedLine, isMain: boolean): void {
    const [named = ''] = line.args;
    const included = resolve(named, path ?? '');
    followed += 1;
    if (!isMain || followed > MOST_INCLUDES) reader.fail(`${file.path} includes more than is followed.`);
    else if (included === null) reader.fail(`${file.path} includes "${named.slice(0, 400)}", which is no plain path.`);
    // the probe reads what exists of that which a file includes
    else for (const one of within(facts, included)) if (facts.files.has(one)) read(one, false);
  }
}

/** As many as the probe follows. */
const MOST_INCLUDES = 20;

/** The file of `-c`, or the distribution's; null: it cannot be told. */
export function ntpConfigPath(
  facts: Facts,
  { name, commandLine }: Pick<DaemonFacts, 'name' | 'commandLine'>,
): string | null {
  const words = commandLine ?? [];
  const at = words.findLastIndex((word, index) => index > 0 && /^-c/.test(word));
  const asked = at < 0 ? null : words[at] === '-c' ? (words[at + 1] ?? '') : (words[at]?.slice(2) ?? '');
  if (asked !== null) return isPlainPath(asked) ? asked : null;
  const isThere = (path: string) => (facts.files.get(path)?.state ?? 'absent') !== 'absent';
  return name === 'ntpsec' && isThere('/etc/ntpsec/ntp.conf') ? '/etc/ntpsec/ntp.conf' : '/etc/ntp.conf';
}

function resolve(path: string, main: string): string | null {
  const whole = (path.startsWith('/') ? path : `${main.slice(0, main.lastIndexOf('/'))}/${path}`).replace(/\/+$/, '');
  return isPlainPath(whole) ? whole : null;
}

/** The file itself, or the *.conf of a folder. */
function within(facts: Facts, path: string): readonly string[] {
  const inside = filesIn(facts, path);
  return inside.length > 0 ? inside : [path];
}

function filesIn(facts: Facts, folder: string): readonly string[] {
  return [...facts.files.keys()].filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.conf')).toSorted();
}
