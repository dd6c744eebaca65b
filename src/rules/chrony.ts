import { linesWith, type PlacedLine } from '#config/daemon-config.js';
import { lineAt } from '#config/find-rejected.js';
import { isSmearing } from '#platforms/smear.js';
import { breach, doubt, noLine } from './answer.js';
import { AZURE } from './citations.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { isHyperv, optionsOf, type Seen } from './seen.js';

/** How chronyd is configured and run, PTP clocks and servers apart. */
export const CHRONY_RULES = [
  {
    id: 'chrony/authentication-required',
    severity: 'high',
    sentence: 'chronyd has an authenticated server where it may select no other.',
    broken: 'chronyd may select only authenticated servers, and none is configured.',
    applies: 'Where chronyd has "authselectmode require".',
    source: 'chrony.conf(5): authselectmode require makes every unauthenticated source unusable',
    remedy: 'Give the servers nts or a key, or set "authselectmode mix".',
    condition: (seen) => {
      const mode = linesWith(seen, 'authselectmode').at(-1);
      if (mode?.line.args[0]?.toLowerCase() !== 'require') return noLine(seen);
      const usable = seen.servers.some((one) => optionsOf(one).some((word) => word === 'nts' || word === 'key'));
      if (usable || linesWith(seen, 'refclock').length > 0) return 'holds';
      return breach('no server with nts or key', 'at least one', [
        lineEvidence(mode),
        ...seen.servers.map(lineEvidence),
      ]);
    },
  },
  {
    id: 'chrony/command-port',
    severity: 'info',
    sentence: 'tsync can query chronyd.',
    broken: 'tsync cannot query chronyd without root rights.',
    applies: 'Where chronyd runs with "cmdport 0" and tsync reads without root.',
    source:
      'chronyc(1): with cmdport 0 chronyd answers only on its socket, for root and the chrony user (506 Cannot talk to daemon)',
    remedy: 'Audit this host with root rights (become).',
    condition: (seen) => {
      if (seen.facts.root || !seen.active.includes('chrony')) return null;
      const closed = linesWith(seen, 'cmdport').at(-1);
      if (closed?.line.args[0] !== '0') return noLine(seen);
      const { tracking } = seen.facts.chrony;
      return tracking.value !== null ? 'holds' : breach('chronyc cannot ask', 'root rights', [lineEvidence(closed)]);
    },
  },
  {
    id: 'chrony/config-accepted',
    severity: 'critical',
    sentence: 'chronyd accepts its present configuration.',
    broken: 'chronyd rejects its configuration.',
    brokenAt: 'chronyd rejects its configuration: {found}.',
    applies: 'Where chronyd 4.0 or newer runs, starts at boot or is to keep the clock.',
    source:
      'chronyd(8): -p; chronyd may still run, but it does not start again with a directive that it does not understand',
    remedy: 'Correct the line. chronyd -p names the next wrong one, if there is one.',
    condition: ({ facts, chrony, isKeeper }) => {
      const isUsed = isKeeper || chrony?.active.value !== false || chrony.enabled.value !== false;
      if (chrony?.installed.value !== true || !isUsed) return null;
      const check = facts.chrony.configCheck;
      if (check.value === null) return doubt(check.reason);
      if (check.value.verdict === 'not-asked') return null;
      if (check.value.verdict === 'accepted') return 'holds';
      const { fault, at } = check.value;
      const line = at === null ? null : lineAt(facts.files, at);
      const place = at === null ? 'chronyd -p' : `${at.path}:${at.line}`;
      return breach(fault, 'accepted', [evidence(place, line?.slice(0, 400) ?? fault)]);
    },
  },
  {
    id: 'chrony/leap-seconds-smeared',
    severity: 'info',
    sentence: 'chronyd does not insert leap seconds itself while it follows servers that smear them.',
    broken: 'chronyd inserts leap seconds itself while it follows servers that smear them.',
    applies: 'Where chronyd has leapsectz or leapseclist.',
    source:
      'chrony.conf(5): leapsectz must not be used with servers that smear; Google and Amazon do. It matters when a leap second comes',
    remedy: 'Remove leapsectz and leapseclist, or follow servers that do not smear.',
    condition: (seen) => {
      const own = [...linesWith(seen, 'leapsectz'), ...linesWith(seen, 'leapseclist')];
      if (own.length === 0) return noLine(seen);
      const smearing = seen.servers.filter((one) => isSmearing(one, seen.facts));
      if (smearing.length === 0) return 'holds';
      return breach('leap seconds beside smearing servers', 'one of the two', [...own, ...smearing].map(lineEvidence));
    },
  },
  {
    id: 'chrony/leap-zone',
    severity: 'info',
    sentence: 'The time zone that chronyd reads leap seconds from is installed.',
    broken: 'The time zone that chronyd reads leap seconds from is not installed.',
    brokenAt: '{where} reads leap seconds from a time zone that is not installed.',
    applies: 'Where chronyd has leapsectz right/UTC.',
    source:
      'chrony.conf(5): leapsectz is ignored when the zone is missing; newer Debian and Ubuntu have it in tzdata-legacy',
    remedy: 'Install tzdata-legacy, or with chrony 4.6 and later use leapseclist.',
    condition: (seen) => {
      const zone = linesWith(seen, 'leapsectz').at(-1);
      if (zone === undefined || !zone.line.args[0]?.startsWith('right/')) return noLine(seen);
      const { leapZone } = seen.facts.around;
      if (leapZone.value === null) return doubt(leapZone.reason, [lineEvidence(zone)]);
      return leapZone.value
        ? 'holds'
        : breach('no right/UTC below /usr/share/zoneinfo', 'the zone', [lineEvidence(zone)]);
    },
  },
  {
    id: 'chrony/local-stratum',
    severity: 'high',
    sentence: 'chronyd does not announce its own free-running clock as a good one.',
    broken: 'chronyd announces its own free-running clock as a good one.',
    brokenAt: '{where} lets chronyd announce its own free-running clock as a good one.',
    applies: 'Where chronyd is configured.',
    source: 'chrony.conf(5): local; a revision of the Azure page wrongly advised "local stratum 2"',
    remedy: 'Remove the "local" line, or give it stratum 10 on a host without a PTP clock.',
    condition: null,
  },
  {
    id: 'chrony/makestep',
    severity: 'medium',
    sentence: 'chronyd may step the clock after the host paused the VM.',
    broken: 'chronyd does not step the clock as it should after the host paused the VM.',
    applies: 'Where chronyd uses a PTP clock of the host, or the playbook names a makestep.',
    source: `chrony.conf(5): makestep (the last line counts); ${AZURE}`,
    remedy: 'Set "makestep 1.0 -1", or another value in the playbook under makestep.',
    condition: null,
  },
  {
    id: 'chrony/makestep-pause',
    severity: 'info',
    sentence: 'After a pause of the VM, chronyd corrects the clock at once.',
    broken: 'After a long pause of the VM the clock would stay wrong for hours.',
    brokenAt: 'After a long pause of the VM the clock would stay wrong for hours ({found}).',
    applies:
      'On KVM, VMware, Xen and on Hyper-V without TimeSync, outside the public clouds, where chronyd is configured.',
    source:
      'chrony.conf(5): makestep 1 3 steps only in the first three updates; later a gap of minutes is slewed for hours',
    remedy: 'Where the applications tolerate steps, set makestep in the playbook so that it gives "makestep 1.0 -1".',
    condition: (seen) => {
      if (seen.settings.makestep === null || !needsMakestep(seen)) return null;
      if (!seen.isConfigKnown) return noLine(seen);
      const last = linesWith(seen, 'makestep').at(-1);
      if (last !== undefined && Number(last.line.args[1]) < 0) return 'holds';
      return breach(last?.line.text.trim() ?? 'no makestep line', 'makestep 1.0 -1', last ? [lineEvidence(last)] : []);
    },
  },
  {
    id: 'chrony/maxchange',
    severity: 'medium',
    sentence: 'A large correction does not make chronyd exit.',
    broken: 'A large correction would make chronyd exit.',
    brokenAt: '{where} makes chronyd exit when a correction is large.',
    applies: 'Where chronyd uses a PTP clock of the host and may step at any time.',
    source: 'chrony.conf(5): maxchange makes chronyd exit, and a paused VM comes back with a large offset',
    remedy: 'Remove the "maxchange" line where makestep is unlimited.',
    condition: null,
  },
  {
    id: 'chrony/min-sources',
    severity: 'high',
    sentence: 'chronyd has at least as many sources as minsources requires.',
    broken: 'chronyd has fewer sources than minsources requires.',
    brokenAt: '{where} requires {expected} to agree before chronyd sets the clock, and chronyd has only {found}.',
    applies: 'Where chronyd has minsources.',
    source: 'chrony.conf(5): minsources; with fewer selectable sources the clock is not updated',
    remedy: 'Add sources, or lower minsources.',
    condition: (seen) => {
      const line = linesWith(seen, 'minsources').at(-1);
      if (line === undefined) return noLine(seen);
      const wanted = Number(line.line.args[0]);
      const there = countSources(seen);
      return there >= wanted ? 'holds' : breach(`${there} sources`, `${wanted} sources`, [lineEvidence(line)]);
    },
  },
  {
    id: 'chrony/no-clock-control',
    severity: 'critical',
    sentence: 'chronyd sets the system clock.',
    broken: 'chronyd does not set the system clock.',
    brokenAt: 'chronyd does not set the system clock: it runs with {found}.',
    applies: 'Where chronyd is installed.',
    source: 'chronyd(8): -x and -Q leave the clock alone, and every reading of the daemon still looks right',
    remedy: 'Remove -x from OPTIONS, DAEMON_OPTS or the unit; in a container waive this rule with the reason.',
    needsRunning: true,
    condition: null,
  },
  {
    id: 'chrony/owned-elsewhere',
    severity: 'medium',
    sentence: 'No other tool writes the configuration of chronyd.',
    broken: 'Another tool writes the configuration of chronyd.',
    applies: 'Where chronyd is configured.',
    source: 'marker in the file; the other tool would take our change back',
    remedy: 'Change it in that tool, or set take_ownership: true.',
    condition: null,
  },
  {
    id: 'chrony/platform-config',
    severity: 'info',
    sentence: 'chronyd reads the configuration file of the distribution.',
    broken: 'chronyd does not read the configuration file of the distribution.',
    brokenAt: 'chronyd reads {found} instead of the configuration file of the distribution.',
    applies: 'Where chronyd is configured.',
    source:
      'coreos/fedora-coreos-tracker#1031: with -f /run/coreos/platform-chrony.conf edits of /etc/chrony.conf had no effect',
    remedy: 'Edit the file that -f names, or remove the option.',
    condition: (seen) => {
      const path = seen.facts.chrony.configPath;
      const { chrony } = seen.config;
      if (path === null || !(chrony.known || chrony.isThere)) return noLine(seen);
      if (path === '/etc/chrony.conf' || path === '/etc/chrony/chrony.conf') return 'holds';
      return breach(path, '/etc/chrony.conf or /etc/chrony/chrony.conf', [evidence('chronyd -f', path)]);
    },
  },
  {
    id: 'chrony/readable',
    severity: 'high',
    sentence: 'tsync can read the whole configuration of chronyd and edit it in place.',
    broken: 'tsync cannot read the whole configuration of chronyd, or cannot edit it in place.',
    applies: 'Where chronyd is installed.',
    source: 'tsync never edits a file that it does not know as a whole',
    remedy: 'Run with root rights; make the file a regular one below /etc.',
    condition: null,
  },
  {
    id: 'chrony/rtc-twice',
    severity: 'low',
    sentence: 'chronyd keeps the hardware clock by rtcsync or by rtcfile, not by both.',
    broken: 'chronyd keeps the hardware clock in two ways at once: by rtcsync and by rtcfile.',
    applies: 'Where chronyd has rtcsync or rtcfile.',
    source: 'chrony.conf(5): rtcsync cannot be used together with rtcfile',
    remedy: 'Keep rtcsync and remove rtcfile.',
    condition: (seen) => {
      const [sync, file] = [linesWith(seen, 'rtcsync'), linesWith(seen, 'rtcfile')];
      if (sync.length + file.length === 0) return noLine(seen);
      if (sync.length === 0 || file.length === 0) return 'holds';
      return breach('rtcsync and rtcfile', 'one of them', [...sync, ...file].map(lineEvidence));
    },
  },
  {
    id: 'chrony/rtcsync',
    severity: 'low',
    sentence: 'The kernel copies the time to the hardware clock.',
    broken: 'The kernel does not copy the time to the hardware clock.',
    applies: 'Where chronyd uses a PTP clock of the host.',
    source: 'chrony.conf(5): rtcsync',
    remedy: 'Add "rtcsync".',
    condition: null,
  },
  {
    id: 'chrony/tai-leap-seconds',
    severity: 'critical',
    sentence: 'chronyd has a source of leap seconds for a refclock that runs on TAI.',
    broken: 'A refclock runs on TAI, and chronyd has no source of leap seconds: chronyd does not start.',
    brokenAt:
      '{where} reads a clock that runs on TAI, and chronyd has no source of leap seconds: chronyd does not start.',
    applies: 'Where a refclock has the option tai.',
    source:
      'chrony.conf(5): refclock option tai needs leapsectz or leapseclist; without it chronyd does not start (geerlingguy/time-pi#34)',
    remedy: 'Add "leapsectz right/UTC" (or leapseclist), or remove the option: the clock of a Hyper-V host is UTC.',
    condition: (seen) => {
      const tai = linesWith(seen, 'refclock').filter((one) => optionsOf(one).includes('tai'));
      if (tai.length === 0) return noLine(seen);
      if (linesWith(seen, 'leapsectz').length + linesWith(seen, 'leapseclist').length > 0) return 'holds';
      return breach('tai without leap seconds', 'leapsectz or leapseclist', tai.map(lineEvidence));
    },
  },
] as const satisfies readonly Rule[];

/** Machines that can be paused and that nobody sets right afterwards: TimeSync does it on Hyper-V, clouds do not pause for long. */
function needsMakestep({ facts }: Seen): boolean {
  const { virtualization, cloud, hyperv } = facts;
  if (isHyperv(facts)) return hyperv.timeSyncOffered.value === false;
  const isVirtual = ['kvm', 'vmware', 'xen'].includes(virtualization.value ?? '');
  return isVirtual && cloud.value === 'none';
}

/** A pool counts for `maxsources` servers, 4 unless it says so. */
function countSources(seen: Seen): number {
  const lines = [...seen.servers, ...linesWith(seen, 'refclock')].filter((one) => !optionsOf(one).includes('noselect'));
  return lines.reduce((sum, one) => sum + (one.line.directive === 'pool' ? maxSources(one) : 1), 0);
}

export function maxSources(pool: PlacedLine): number {
  const options = optionsOf(pool);
  const at = options.indexOf('maxsources');
  return at < 0 ? 4 : Number(options[at + 1]) || 4;
}
