import { known, shown, unknown, whenKnown } from './fact.js';
import type { AroundFacts, Fact } from './facts.js';
import type { Processes } from './processes.js';
import { type Sections, whyNot } from './sections.js';
import { unitLinks } from './unit-links.js';

/** What stands around the daemons: other programs, jobs, units, device rules, and what the platform says about its clock. */
export function aroundOf(
  sections: Sections,
  system: ReadonlyMap<string, string | null>,
  processes: Processes,
): AroundFacts {
  const jobs = sections.lines('clock-jobs');
  return {
    programs: processes.looked
      ? known(processes.list.filter(({ name }) => PROGRAMS.has(name)))
      : unknown('the processes could not be read'),
    strangers: processes.looked ? known(processes.strangers) : unknown('the processes could not be read'),
    stepMinded: processes.looked
      ? known(
          sections
            .lines('processes')
            .flatMap((line) => /^minds (\S{1,15})$/.exec(line)?.slice(1, 2) ?? [])
            .map((name) => shown(name)),
        )
      : unknown('the processes could not be read'),
    clockJobs: whenKnown(sections.whole('clock-jobs', 'the jobs of cron'), () => known(jobs.flatMap(parseJob))),
    unreadJobs: jobs.flatMap((line) => (line.startsWith('denied /') ? [shown(line.slice('denied '.length))] : [])),
    bootUnits: unitLinks(sections)
      .filter(({ name, mask }) => BOOT_UNITS.has(name) && !mask)
      .map(({ name }) => name),
    lastWords: lastWords(sections),
    udevRules: udevRules(sections),
    enaPhc: enaPhc(system),
    leapZone: leapZone(system.get('leap-zone')),
    vmwareTimeSync: vmwareTimeSync(sections),
  };
}

const PROGRAMS: ReadonlySet<string> = new Set(['ptp4l', 'phc2sys', 'timemaster', 'vmtoolsd']);
const BOOT_UNITS: ReadonlySet<string> = new Set(['systemd-time-wait-sync.service', 'ntpdate.service']);

/** `job hwclock ./etc/cron.daily/x` */
function parseJob(line: string): readonly { readonly program: string; readonly file: string }[] {
  const match = /^job (ntpdate|sntp|rdate|hwclock) \.(\/\S{1,400})$/.exec(line);
  return match?.[1] && match[2] ? [{ program: match[1], file: shown(match[2], 400) }] : [];
}

function lastWords(sections: Sections): ReadonlyMap<string, readonly string[]> {
  const prefix = 'last-words:';
  const names = [...sections.others.keys()].filter((name) => name.startsWith(prefix));
  return new Map(
    names.map((name) => {
      const lines = sections.lines(name).filter((line) => line.trim() !== '');
      return [shown(name.slice(prefix.length)), lines.slice(0, 3).map((line) => shown(line, 300))];
    }),
  );
}

function udevRules(sections: Sections): Fact<readonly string[]> {
  const shipped = [...sections.others].filter(([name]) => name.startsWith('udev-rules:'));
  const trouble = shipped
    .map(([name, section]) => whyNot(section, name, sections.complete))
    .find((one) => one !== null);
  if (trouble !== undefined && trouble !== null) return unknown(trouble);
  const own = [...sections.files.keys()].filter((path) => path.startsWith('/etc/udev/rules.d/'));
  const lines = [
    ...shipped.flatMap(([name]) => sections.lines(name)),
    ...own.flatMap((path) => (sections.fileText(path) ?? '').split('\n')),
  ];
  return known(
    lines.filter((line) => line.includes('ptp') && !line.trimStart().startsWith('#')).map((line) => shown(line, 300)),
  );
}

function leapZone(value: string | null | undefined): Fact<boolean> {
  return value === 'yes' || value === 'no' ? known(value === 'yes') : unknown('there is no /usr/share/zoneinfo');
}

function enaPhc(system: ReadonlyMap<string, string | null>): Fact<boolean> {
  const value = system.get('ena-phc');
  if (value === undefined) return unknown('there is no driver ena with a parameter phc_enable');
  return value === null ? unknown('phc_enable may be read by root only') : known(/^[1Yy]/.test(value));
}

/** `vmware-toolbox-cmd timesync status`: Enabled with status 0, Disabled with status 1. */
function vmwareTimeSync(sections: Sections): Fact<boolean> {
  const text = sections.text('vmware-timesync');
  if (/^Enabled\b/m.test(text)) return known(true);
  if (/^Disabled\b/m.test(text)) return known(false);
  const section = sections.section('vmware-timesync');
  if (section === null) return unknown('VMware Tools does not run');
  return unknown(whyNot(section, 'vmware-toolbox-cmd', sections.complete) ?? `vmware-toolbox-cmd printed ${text}`);
}
