import { linesWith, type MainConfig, type PlacedLine } from '#config/daemon-config.js';
import type { DaemonFacts } from '#facts/facts.js';
import { breach, doubt } from './answer.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import type { Seen } from './seen.js';

/** How ntpd and ntpsec are configured and run. */
export const NTPD_RULES = [
  {
    id: 'ntpd/local-clock',
    severity: 'medium',
    sentence: 'ntpd does not announce its own free-running clock as a good one.',
    broken: 'ntpd announces its own free-running clock as a good one.',
    brokenAt: '{where} lets ntpd announce its own free-running clock as a good one.',
    applies: 'Where ntpd or ntpsec runs and its configuration was read.',
    source: 'ntp.conf(5): 127.127.1.x with a fudge stratum below 10 looks better than most servers',
    remedy: 'Remove the server 127.127.1.0, or fudge it to stratum 10 or more.',
    condition: (seen) => {
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
  },
  {
    id: 'ntpd/minsane',
    severity: 'high',
    sentence: 'ntpd has at least as many sources as tos minsane requires.',
    broken: 'ntpd has fewer sources than tos minsane requires: it follows none.',
    applies: 'Where ntpd or ntpsec keeps the clock.',
    source: 'ntp.conf(5): tos minsane; Debian configures ntpsec with "tos minclock 4 minsane 3"',
    remedy: 'Name more servers, or set "tos minsane 1".',
    condition: null,
  },
  {
    id: 'ntpd/no-clock-control',
    severity: 'critical',
    sentence: 'ntpd sets the system clock.',
    broken: 'ntpd does not set the system clock.',
    brokenAt: 'ntpd does not set the system clock: {where} says "{text}".',
    applies: 'Where ntpd or ntpsec keeps the clock.',
    source: 'ntp.conf(5): disable ntp leaves the clock alone',
    remedy: 'Remove "disable ntp".',
    needsRunning: true,
    condition: null,
  },
  {
    id: 'ntpd/owned-elsewhere',
    severity: 'medium',
    sentence: 'No other tool writes the configuration of ntpd.',
    broken: 'Another tool writes the configuration of ntpd.',
    applies: 'Where ntpd or ntpsec keeps the clock.',
    source: 'marker in the file; the other tool would take our change back',
    remedy: 'Change it in that tool, or set take_ownership: true.',
    condition: null,
  },
  {
    id: 'ntpd/panic',
    severity: 'low',
    sentence: 'A large offset does not make ntpd exit.',
    broken: 'A large offset would make ntpd exit.',
    applies: 'In a VM where ntpd or ntpsec runs and its configuration was read.',
    source: 'ntpd(8): an offset above 1000 s ends it without -g; ntp.conf(5): tinker panic 0',
    remedy: 'Start it with -g, or set "tinker panic 0": a VM that was paused comes back with a large offset.',
    condition: (seen) => {
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
  },
  {
    id: 'ntpd/readable',
    severity: 'high',
    sentence: 'tsync can read the whole configuration of ntpd and edit it in place.',
    broken: 'tsync cannot read the whole configuration of ntpd, or cannot edit it in place.',
    applies: 'Where ntpd or ntpsec keeps the clock.',
    source: 'tsync never edits a file that it does not know as a whole',
    remedy: 'Run with root rights; make the file a regular one below /etc.',
    condition: null,
  },
  {
    id: 'ntpd/restrict',
    severity: 'high',
    sentence: 'ntpd accepts the answers of its servers.',
    broken: 'A restrict line makes ntpd drop the answers of its servers.',
    applies: 'Where ntpd or ntpsec keeps the clock.',
    source: 'ntp.conf(5): restrict: "ignore" drops every packet, also answers; "nopeer" keeps ntpd from using a pool',
    remedy: 'Add a restrict line for the servers, or "restrict source".',
    condition: null,
  },
  {
    id: 'ntpd/steps',
    severity: 'medium',
    sentence: 'ntpd steps the clock as the playbook asks.',
    broken: 'ntpd does not step the clock as the playbook asks.',
    applies: 'Where ntpd or ntpsec keeps the clock and the playbook names a makestep.',
    source:
      'ntp.conf(5): tinker step; above 0.5 s, and at 0, ntpd disciplines the clock by itself and not by the kernel',
    remedy: 'Set "tinker step"; ntpd cannot be told to step in its first updates only.',
    condition: null,
  },
] as const satisfies readonly Rule[];

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
