import { linesWith, type MainConfig, type PlacedLine } from '#config/daemon-config.js';
import type { DaemonFacts } from '#facts/facts.js';
import { breach, type Condition, doubt } from './answer.js';
import { evidence, lineEvidence } from './observe.js';
import type { Seen } from './seen.js';

export const NTPD_CONDITIONS = {
  'ntpd/local-clock': (seen) => {
    const reading = findNtpd(seen)?.reading;
    if (!reading?.known) return reading?.isThere ? doubt(reading.reason) : null;
    const strata = strataOf(reading.config);
    const wrong = linesWith(reading.config, 'refclock').filter(
      ({
        line: {
          args: [address = ''],
        },
      }) => isLocal(address) && (strata.get(address) ?? DRIVER_STRATUM) < 10,
    );
    const [first] = wrong;
    if (first === undefined) return 'holds';
    return breach(first.line.text.replace(/#.*/, '').trim(), 'stratum 10 or no local clock', wrong.map(lineEvidence));
  },
  'ntpd/panic': (seen) => {
    const found = findNtpd(seen);
    if (found === null || !VIRTUAL.has(seen.facts.virtualization.value ?? '')) return null;
    const { daemon, reading } = found;
    // the ntpd of busybox has no such file, and no such limit
    if (!reading.known && !reading.isThere) return null;
    const { commandLine } = daemon;
    if (commandLine === null) return doubt('the arguments of ntpd could not be read');
    if (isLenient(commandLine)) return 'holds';
    if (!reading.known) return doubt(reading.reason);
    if (linesWith(reading.config, 'tinker').some(isPanicOff)) return 'holds';
    return breach('neither -g nor tinker panic 0', '-g or tinker panic 0', [
      evidence(`/proc/${daemon.pid ?? 0}/cmdline`, commandLine.join(' ')),
    ]);
  },
} satisfies Record<string, Condition>;

/** Machines that can be paused for long. */
export const VIRTUAL: ReadonlySet<string> = new Set(['hyperv', 'kvm', 'vmware', 'xen', 'other']);

/** ntpd was started with -g, which forgives one offset of more than 1000 s: ntpd(8). */
export function isLenient(commandLine: readonly string[]): boolean {
  return commandLine.slice(1).some((word) => /^-[a-zA-Z]*g/.test(word) || word === '--panicgate');
}

/** The ntpd that runs, of ntp.org or ntpsec, with its configuration. */
function findNtpd({ facts, config }: Seen): { daemon: DaemonFacts; reading: Seen['config']['ntpd'] } | null {
  for (const daemon of facts.daemons) {
    const { name, active } = daemon;
    if ((name === 'ntpd' || name === 'ntpsec') && active.value === true) return { daemon, reading: config[name] };
  }
  return null;
}

function isLocal(address: string): boolean {
  return /^127\.127\.1\.[0-9]+$/.test(address);
}

/** By address, as fudge lines say; the last one counts. */
function strataOf(config: MainConfig): ReadonlyMap<string, number> {
  return new Map(
    linesWith(config, 'fudge').flatMap(({ line: { args } }) => {
      const at = args.findIndex((word) => word.toLowerCase() === 'stratum');
      return at < 0 ? [] : [[args[0] ?? '', Number(args[at + 1])] as const];
    }),
  );
}

/** The driver's own, where no fudge line says another. */
const DRIVER_STRATUM = 5;

function isPanicOff({ line: { args } }: PlacedLine): boolean {
  const at = args.findIndex((word) => word.toLowerCase() === 'panic');
  return at >= 0 && Number(args[at + 1]) === 0;
}
