import type { Evidence } from '#checks/verdict.js';
import { type Answer, breach, doubt } from './answer.js';
import { AZURE } from './citations.js';
import { evidence } from './evidence.js';
import type { Rule } from './rule.js';
import type { Seen } from './seen.js';

/** Which programs set the clock. */
export const DAEMON_RULES = [
  {
    id: 'daemon/clock-jobs',
    severity: 'medium',
    sentence: 'No cron job or boot script steps the clock that a time daemon keeps.',
    broken: 'A cron job or boot script steps the clock that a time daemon keeps.',
    brokenAt: '{where} runs {text}, which steps the clock that a time daemon keeps.',
    applies: 'Where a time daemon runs.',
    source: 'ntpdate(8) steps the clock under the daemon, whose measurements are then wrong',
    remedy: 'Remove the job: the daemon does this work.',
    condition: (seen) => noJobs(seen, (program) => program !== 'hwclock'),
  },
  {
    id: 'daemon/failed',
    severity: 'medium',
    sentence: 'No time daemon has failed to start.',
    broken: 'A time daemon failed to start.',
    brokenAt: 'A time daemon failed to start: {found}.',
    applies: 'Where services were read.',
    source: 'systemctl(1): failed; a refclock whose device is missing is one cause (gardenlinux/gardenlinux#2562)',
    remedy: 'Run journalctl -u UNIT on the host.',
    condition: ({ facts }) => {
      if (facts.services.size === 0) return null;
      const failed = facts.daemons.flatMap(({ unit }) => {
        const service = unit === null ? undefined : facts.services.get(unit);
        return service?.activeState === 'failed' ? [service.unit] : [];
      });
      const first = failed[0];
      if (first === undefined) return 'holds';
      return breach(
        `${first} failed`,
        'no failed unit',
        failed.flatMap((unit) => [
          evidence(`systemctl show ${unit}`, 'failed'),
          ...(facts.around.lastWords.get(unit) ?? []).map((line) => evidence(`journalctl -u ${unit}`, line)),
        ]),
      );
    },
  },
  {
    id: 'daemon/hardware-clock-jobs',
    severity: 'low',
    sentence: 'No cron job sets the hardware clock or takes the time from it.',
    broken: 'A cron job sets the hardware clock, or takes the time from it.',
    brokenAt: '{where} runs {text}, which sets the hardware clock or takes the time from it.',
    applies: 'Where a time daemon runs.',
    source: 'hwclock(8); rtcsync keeps the hardware clock, and --hctosys would undo what the daemon did',
    remedy: 'Remove the job.',
    condition: (seen) => noJobs(seen, (program) => program === 'hwclock'),
  },
  {
    id: 'daemon/no-refclock',
    severity: 'info',
    sentence: 'The daemon can use the PTP clock that the host offers.',
    broken: 'The host offers a PTP clock that the time daemon cannot use.',
    brokenAt: 'The host offers a PTP clock, and {found} cannot use it.',
    applies: 'Where a PTP clock named hyperv is there and a time daemon runs.',
    source: `${AZURE}; ntpd, ntpsec and systemd-timesyncd have no driver for PTP clocks`,
    remedy: 'Install chrony to use the time of the host.',
    condition: ({ facts, chrony, active }) => {
      if (!facts.ptp.value?.some(({ clockName }) => clockName === 'hyperv') || active.length === 0) return null;
      if (chrony === undefined || chrony.installed.value === null) return null;
      if (chrony.installed.value) return 'holds';
      return breach(active.join(' and '), 'chrony', [evidence('/sys/class/ptp', 'a clock named hyperv')]);
    },
  },
  {
    id: 'daemon/phc2sys',
    severity: 'high',
    sentence: 'phc2sys does not set the system clock while a time daemon runs.',
    broken: 'phc2sys sets the system clock, and a time daemon runs as well.',
    applies: 'Where phc2sys and a time daemon run.',
    source: 'openshift/linuxptp-daemon#37: bursts of jitter; phc2sys(8): with -E ntpshm it sets nothing',
    remedy: 'Stop phc2sys, or let it feed the daemon (timemaster, -E ntpshm).',
    condition: ({ facts, active }) => {
      const { programs } = facts.around;
      if (programs.value === null || active.length === 0) return null;
      const running = programs.value.filter(({ name }) => name === 'phc2sys');
      if (running.length === 0) return null;
      const seen = running.map(({ pid, commandLine }) =>
        evidence(`/proc/${pid}/cmdline`, commandLine?.join(' ') ?? 'could not be read'),
      );
      if (running.some(({ commandLine }) => commandLine === null))
        return doubt('the arguments of phc2sys could not be read', seen);
      const setting = running.filter(({ commandLine }) => setsSystemClock(commandLine ?? []));
      return setting.length === 0 ? 'holds' : breach(`phc2sys and ${active.join(' and ')}`, 'one of them', seen);
    },
  },
  {
    id: 'daemon/running',
    severity: 'critical',
    sentence: 'The time daemon runs now and after the next boot.',
    broken: 'The time daemon does not run now, or does not start at boot.',
    applies: 'Where a daemon is to keep the clock.',
    source: 'systemd.unit(5): [Install]; update-rc.d(8), chkconfig(8), rc-update(8)',
    remedy: 'Enable and start the service.',
    condition: null,
  },
  {
    id: 'daemon/single',
    severity: 'high',
    sentence: 'Only one program sets the clock.',
    broken: 'More than one program sets the clock.',
    applies: 'On every host whose services were read.',
    source: 'https://github.com/systemd/systemd/issues/7104; CIS 2.3.1.1',
    remedy: 'Stop and disable the other time daemons.',
    condition: null,
  },
  {
    id: 'daemon/stranger',
    severity: 'medium',
    sentence: 'Every process with the name of a time daemon is a system service.',
    broken: 'A process that is not a system service has the name of a time daemon.',
    brokenAt: 'A process that is not a system service has the name of a time daemon: {found}.',
    applies: 'Where the processes were read.',
    source: 'proc(5), comm: a process can give itself any name; tsync believes nothing that such a process says',
    remedy: 'Find out what it is (ls -l /proc/PID/exe) and who runs it, and end it.',
    condition: ({ facts }) => {
      const { strangers } = facts.around;
      if (strangers.value === null) return facts.place === 'image' ? null : doubt(strangers.reason);
      // vmtoolsd runs in every desktop session too
      const found = strangers.value.filter(({ name }) => name !== 'vmtoolsd');
      const [first] = found;
      if (first === undefined) return 'holds';
      return breach(
        `a process named ${first.name} of user ${first.uid}`,
        'none but the daemon itself',
        found.map(({ pid, name, uid }) =>
          evidence(`/proc/${pid}`, `named ${name}, of user ${uid}: it is not believed`),
        ),
      );
    },
  },
  {
    id: 'daemon/untrusted-files',
    severity: 'high',
    sentence: 'Only root can write the files that a time daemon reads.',
    broken: 'Users other than root can write a file that a time daemon reads.',
    brokenAt: 'Users other than root can write {where}, which a time daemon reads.',
    applies: 'Where a time daemon is installed.',
    source: 'chrony.conf(5), ntp.conf(5): such a file names the time sources, and files that the daemon writes as root',
    remedy:
      'Give the file and every folder above it to root, writable by nobody else. Until then tsync changes nothing on this host.',
    condition: ({ facts }) => {
      const found = facts.daemons.flatMap(({ name, installed, untrusted }) =>
        installed.value === false ? [] : untrusted.map((path) => ({ name, path })),
      );
      const [first] = found;
      if (first === undefined) return facts.daemons.some(({ installed }) => installed.value === true) ? 'holds' : null;
      return breach(
        `${first.path} of ${first.name}`,
        "root's alone, as every folder on the way",
        found.map(({ name, path }) => evidence(path, `${name} reads it, and others than root can write it`)),
      );
    },
  },
  {
    id: 'daemon/vmware-tools',
    severity: 'medium',
    sentence: 'VMware Tools do not set the clock periodically while a time daemon runs.',
    broken: 'VMware Tools set the clock periodically, and a time daemon runs as well.',
    applies: 'On VMware, where vmtoolsd and a time daemon run.',
    source: 'vmware-toolbox-cmd timesync status; vmware/open-vm-tools#302',
    remedy: 'Run vmware-toolbox-cmd timesync disable. VMware Tools still correct the clock once after a resume.',
    condition: ({ facts, active }) => {
      const { programs, vmwareTimeSync } = facts.around;
      if (facts.virtualization.value !== 'vmware' || active.length === 0) return null;
      if (!programs.value?.some(({ name }) => name === 'vmtoolsd')) return null;
      if (vmwareTimeSync.value === null) return doubt(vmwareTimeSync.reason);
      if (!vmwareTimeSync.value) return 'holds';
      return breach('Enabled', 'Disabled', [evidence('vmware-toolbox-cmd timesync status', 'Enabled')]);
    },
  },
  {
    id: 'daemon/wait-sync',
    severity: 'medium',
    sentence: 'No unit waits at boot for a systemd-timesyncd that does not run.',
    broken: 'systemd-time-wait-sync waits at boot for systemd-timesyncd, which does not run.',
    applies: 'Where systemd-time-wait-sync is enabled.',
    source: 'systemd/systemd#14061: only systemd-timesyncd makes the file that it waits for, so it waits for ever',
    remedy: 'Disable systemd-time-wait-sync; for chronyd there is chrony-wait.',
    condition: ({ facts, active }) => {
      if (!facts.around.bootUnits.includes(WAIT)) return null;
      if (active.includes('timesyncd')) return 'holds';
      return breach(`${WAIT} without systemd-timesyncd`, 'not enabled', [evidence('/etc/systemd/system', WAIT)]);
    },
  },
] as const satisfies readonly Rule[];

/** Debian's script stops the daemon before ntpdate and starts it again. */
const IF_UP = '/etc/network/if-up.d/';

const WAIT = 'systemd-time-wait-sync.service';

function noJobs({ facts, active }: Seen, isMeant: (program: string) => boolean): Answer {
  const { clockJobs, unreadJobs } = facts.around;
  if (active.length === 0) return null;
  if (clockJobs.value === null) return doubt(clockJobs.reason);
  const jobs = clockJobs.value.filter(({ program, file }) => isMeant(program) && !file.startsWith(IF_UP));
  const first = jobs[0];
  if (first !== undefined) return breach(`${first.program} in ${first.file}`, 'no such job', jobs.map(jobSeen));
  const unread = unreadJobs[0];
  return unread === undefined ? 'holds' : doubt(`${unread} may be read by root only`);
}

function jobSeen({ program, file }: { readonly program: string; readonly file: string }): Evidence {
  return evidence(file, program);
}

/**
 * phc2sys(8): with `-E ntpshm` it feeds a daemon; `-a` leaves the system clock alone unless `-r` is there; `-c` names
 * another clock to set.
 */
function setsSystemClock(words: readonly string[]): boolean {
  const value = (letter: string) => {
    const at = words.findIndex((word) => word.startsWith(`-${letter}`));
    const word = words[at];
    return word === undefined ? null : word.length > 2 ? word.slice(2) : (words[at + 1] ?? '');
  };
  const has = (letter: string) => words.slice(1).some((word) => new RegExp(`^-[a-zA-Z]*${letter}`).test(word));
  if (value('E') === 'ntpshm') return false;
  if (has('a')) return has('r');
  const target = value('c');
  return target === null || target === 'CLOCK_REALTIME';
}
