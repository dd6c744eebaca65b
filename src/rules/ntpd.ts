import { configMeter } from '#config/config-bounds.js';
import type { DaemonFacts, Facts } from '#facts/facts.js';
import { bytesToText } from '#snapshot/bytes.js';
import { breach, type Condition, doubt } from './answer.js';
import { evidence } from './observe.js';
import type { Seen } from './seen.js';

export const NTPD_CONDITIONS = {
  'ntpd/local-clock': (seen) => {
    const daemon = findNtpd(seen);
    const lines = daemon === null ? null : readConfig(seen.facts, daemon);
    if (lines === null) return null;
    const strata = strataOf(lines);
    const wrong = lines.filter(
      ({ words: [directive, address = ''] }) =>
        directive === 'server' && isLocal(address) && (strata.get(address) ?? DRIVER_STRATUM) < 10,
    );
    if (wrong[0] === undefined) return 'holds';
    return breach(
      wrong[0].words.join(' '),
      'stratum 10 or no local clock',
      wrong.map(({ where, text }) => evidence(where, text)),
    );
  },
  'ntpd/panic': (seen) => {
    const daemon = findNtpd(seen);
    if (daemon === null || !VIRTUAL.has(seen.facts.virtualization.value ?? '')) return null;
    const config = readConfig(seen.facts, daemon);
    // the ntpd of busybox has no such file, and no such limit
    if (config === null) return null;
    const { commandLine } = daemon;
    if (commandLine === null) return doubt('the arguments of ntpd could not be read');
    const isLenient = commandLine.slice(1).some((word) => /^-[a-zA-Z]*g/.test(word) || word === '--panicgate');
    if (isLenient || config.some(isPanicOff)) return 'holds';
    return breach('neither -g nor tinker panic 0', '-g or tinker panic 0', [
      evidence(`/proc/${daemon.pid ?? 0}/cmdline`, commandLine.join(' ')),
    ]);
  },
} satisfies Record<string, Condition>;

const VIRTUAL: ReadonlySet<string> = new Set(['hyperv', 'kvm', 'vmware', 'xen', 'other']);

interface NtpLine {
  readonly where: string;
  readonly text: string;
  /** In lower case, without the comment. */
  readonly words: readonly string[];
}

function findNtpd({ facts }: Seen): DaemonFacts | null {
  return (
    facts.daemons.find(({ name, active }) => (name === 'ntpd' || name === 'ntpsec') && active.value === true) ?? null
  );
}

/** The lines of ntp.conf, or null where none is known or there are too many. */
function readConfig({ files }: Facts, { configFiles }: DaemonFacts): readonly NtpLine[] | null {
  const lines: NtpLine[] = [];
  const tooMuch = configMeter();
  for (const path of configFiles) {
    const file = files.get(path);
    if (file?.state !== 'present' || !path.endsWith('.conf')) continue;
    if (tooMuch(file) !== null) return null;
    for (const [index, text] of bytesToText(file.bytes).split('\n').entries())
      lines.push(toLine(`${path}:${index + 1}`, text));
  }
  return lines.length === 0 ? null : lines;
}

function toLine(where: string, text: string): NtpLine {
  const words = text.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
  return { where, text: text.trim(), words };
}

function isLocal(address: string): boolean {
  return /^127\.127\.1\.[0-9]+$/.test(address);
}

/** By address, as fudge lines say; the last one counts. */
function strataOf(lines: readonly NtpLine[]): ReadonlyMap<string, number> {
  const fudged = lines.filter(({ words }) => words[0] === 'fudge' && words.includes('stratum'));
  return new Map(fudged.map(({ words }) => [words[1] ?? '', Number(words[words.indexOf('stratum') + 1])]));
}

/** The driver's own, where no fudge line says another. */
const DRIVER_STRATUM = 5;

function isPanicOff({ words }: NtpLine): boolean {
  const at = words.indexOf('panic');
  return words[0] === 'tinker' && at > 0 && Number(words[at + 1]) === 0;
}
