import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { configMeter } from './config-bounds.js';
import { type ConfigFile, type ConfigLayout, foreignLines } from './config-layout.js';
import { isPlainPath } from './host-path.js';
import type { KeptDaemon } from './kept-daemon.js';
import { parseNtpConfig, readNtpWords } from './ntp-config.js';
import { whyUntrusted } from './untrusted.js';

export type NtpLayoutReading =
  | { readonly known: true; readonly layout: ConfigLayout }
  | { readonly known: false; readonly problem: Problem };

/** Reads ntp.conf as a whole; one file that is not known as a whole makes all of it unknown. */
export function readNtpLayout(facts: Facts, daemon: KeptDaemon): NtpLayoutReading {
  const untrusted = whyUntrusted(daemon);
  if (untrusted !== null) return unknown(untrusted);
  const main = ntpConfigPath(facts, daemon);
  if (main === null) return unknown(`${daemon.name} runs with a -c that names no plain path.`);
  const files: ConfigFile[] = [];
  const tooMuch = configMeter();
  const paths = [main];
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index] ?? '';
    const file = facts.files.get(path);
    // The probe reads what exists of that which a file includes.
    if (file === undefined && index > 0) continue;
    if (file === undefined) return unknown(`${path} was not read.`);
    if (file.state === 'absent' && index > 0) continue;
    if (file.state === 'absent') return unknown(`${path} does not exist.`);
    if (file.state !== 'present') return unknown(`${path} could not be read: ${file.reason}`);
    if (file.truncated) return unknown(`${path} is too large to be read as a whole.`);
    const excess = tooMuch(file);
    if (excess !== null) return unknown(excess);
    const lines = parseNtpConfig(file.bytes);
    const includes = lines.filter(({ directive, disabled }) => directive === 'includefile' && !disabled);
    if (includes.length > MOST_INCLUDES || (index > 0 && includes.length > 0))
      return unknown(`${path} includes more than is followed.`);
    for (const { args } of includes) {
      const included = resolve(args[0] ?? '', main);
      if (included === null)
        return unknown(`${path} includes "${(args[0] ?? '').slice(0, 400)}", which is no plain path.`);
      paths.push(...within(facts, included));
    }
    if (index === 0 && daemon.name === 'ntpsec') paths.push(...filesIn(facts, `${main.replace(/\.conf$/, '')}.d`));
    files.push({ path: file.resolvedTo ?? path, role: 'config', lines, readWords: readNtpWords, file, ours: false });
  }
  const [first] = files;
  if (first === undefined) return unknown(`${main} does not exist.`);
  return { known: true, layout: { main: first, files, foreign: files.flatMap(foreignLines) } };
}

/** As many as the probe follows. */
const MOST_INCLUDES = 20;

/** The file of `-c`, or the distribution's; null: it cannot be told. */
export function ntpConfigPath(facts: Facts, { name, commandLine }: KeptDaemon): string | null {
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

function unknown(detail: string): NtpLayoutReading {
  return { known: false, problem: problem('policy/config-unknown', printable(detail)) };
}
