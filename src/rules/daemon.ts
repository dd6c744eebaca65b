import type { Evidence } from '#checks/verdict.js';
import { type Answer, breach, type Condition, doubt } from './answer.js';
import { evidence } from './observe.js';
import type { Seen } from './seen.js';

export const DAEMON_CONDITIONS = {
  'daemon/clock-jobs': (seen) => noJobs(seen, (program) => program !== 'hwclock'),
  'daemon/failed': ({ facts }) => {
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
  'daemon/hardware-clock-jobs': (seen) => noJobs(seen, (program) => program === 'hwclock'),
  'daemon/no-refclock': ({ facts, chrony, active }) => {
    if (!facts.ptp.value?.some(({ clockName }) => clockName === 'hyperv') || active.length === 0) return null;
    if (chrony === undefined || chrony.installed.value === null) return null;
    if (chrony.installed.value) return 'holds';
    return breach(active.join(' and '), 'chrony', [evidence('/sys/class/ptp', 'a clock named hyperv')]);
  },
  'daemon/phc2sys': ({ facts, active }) => {
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
  'daemon/stranger': ({ facts }) => {
    const { strangers } = facts.around;
    if (strangers.value === null) return facts.place === 'image' ? null : doubt(strangers.reason);
    // vmtoolsd runs in every desktop session too
    const found = strangers.value.filter(({ name }) => name !== 'vmtoolsd');
    const [first] = found;
    if (first === undefined) return 'holds';
    return breach(
      `a process named ${first.name} of user ${first.uid}`,
      'none but the daemon itself',
      found.map(({ pid, name, uid }) => evidence(`/proc/${pid}`, `named ${name}, of user ${uid}: it is not believed`)),
    );
  },
  'daemon/untrusted-files': ({ facts }) => {
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
  'daemon/vmware-tools': ({ facts, active }) => {
    const { programs, vmwareTimeSync } = facts.around;
    if (facts.virtualization.value !== 'vmware' || active.length === 0) return null;
    if (!programs.value?.some(({ name }) => name === 'vmtoolsd')) return null;
    if (vmwareTimeSync.value === null) return doubt(vmwareTimeSync.reason);
    if (!vmwareTimeSync.value) return 'holds';
    return breach('Enabled', 'Disabled', [evidence('vmware-toolbox-cmd timesync status', 'Enabled')]);
  },
  'daemon/wait-sync': ({ facts, active }) => {
    if (!facts.around.bootUnits.includes(WAIT)) return null;
    if (active.includes('timesyncd')) return 'holds';
    return breach(`${WAIT} without systemd-timesyncd`, 'not enabled', [evidence('/etc/systemd/system', WAIT)]);
  },
} satisfies Record<string, Condition>;

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
