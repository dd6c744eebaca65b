import type { AroundFacts, ChronySource, ChronyTracking, DaemonFacts, Facts, HypervFacts } from '#facts/facts.js';
import type { ObservedRuleId } from '#rules/rules.js';
import { DEFAULT_SETTINGS, type Settings } from '#settings/settings.js';
import { server } from '../plan/made-hosts.js';
import { HYPERV_PTP, type MadeHost, makeFacts, present } from '../policy/make-facts.js';

/** What a rule is judged on. */
export interface Given {
  readonly facts: Facts;
  readonly settings: Settings;
}

/** Facts that violate a rule and facts that do not; `silent`: facts on which it says nothing at all. */
export interface RuleCase {
  readonly broken: Given;
  readonly fine: Given;
  readonly silent?: Given;
}

const MAIN = '/etc/chrony/chrony.conf';
const UNIT = '/lib/systemd/system/chrony.service';

interface Change {
  readonly made?: Partial<MadeHost>;
  readonly facts?: Partial<Facts>;
  readonly hyperv?: Partial<HypervFacts>;
  readonly around?: Partial<AroundFacts>;
  readonly tracking?: Partial<ChronyTracking>;
  readonly sources?: readonly Partial<ChronySource>[];
  /** Text of chronyd's unit. */
  readonly unit?: string;
  readonly settings?: Partial<Settings>;
}

/** A Debian 12 with these lines in chrony.conf, and what differs. */
function given(lines: string, change: Change = {}): Given {
  const plain: MadeHost = {
    family: 'debian',
    versionId: '12',
    chrony: '4.3',
    systemd: 252,
    files: { [MAIN]: `${lines}\n` },
    ...change.made,
  };
  const facts = makeFacts(plain);
  const { tracking, sources } = facts.chrony;
  return {
    facts: {
      ...facts,
      hyperv: { ...facts.hyperv, ...change.hyperv },
      around: { ...facts.around, ...change.around },
      files: new Map([...facts.files, [UNIT, present(change.unit ?? '[Unit]\n')]]),
      chrony: {
        ...facts.chrony,
        tracking: change.tracking && tracking.value ? { value: { ...tracking.value, ...change.tracking } } : tracking,
        sources: change.sources ? { value: change.sources.map((one) => ({ ...SOURCE, ...one })) } : sources,
      },
      ...change.facts,
    },
    settings: { ...DEFAULT_SETTINGS, ...change.settings },
  };
}

const REJECTED = { fault: `Invalid directive at line 2 in file ${MAIN}`, at: { path: MAIN, line: 2 } };

const SOURCE: ChronySource = {
  mode: 'server',
  state: '-',
  name: '10.0.0.1',
  stratum: 2,
  poll: 6,
  reach: 255,
  lastSampleAgeSeconds: 10,
  offsetSeconds: 0,
  errorSeconds: 0.0001,
};

const clock = { mode: 'refclock', name: 'PHC0', poll: 3 } as const;
const PHC = 'refclock PHC /dev/ptp_hyperv poll 3 dpoll -2 offset 0 stratum 2';
const azure = { cloud: 'azure', virtualization: 'hyperv', ptp: [HYPERV_PTP] } as const;
const onAzure = (lines: string, change: Change = {}) => given(lines, { ...change, made: { ...azure, ...change.made } });
const card = { device: 'ptp0', clockName: 'mlx5_p2p', symlinks: [] };
const rhel = { family: 'rhel', versionId: '8.6', files: {} } as const;
const onRhel = (lines: string, change: Change = {}) =>
  given('', { ...change, made: { ...azure, ...rhel, files: { '/etc/chrony.conf': `${lines}\n` }, ...change.made } });
const rhelUnit =
  (text: string) =>
  (of: Given): Given => ({
    ...of,
    facts: { ...of.facts, files: new Map([...of.facts.files, ['/lib/systemd/system/chronyd.service', present(text)]]) },
  });
const program = (name: string, ...args: string[]) => ({ pid: 700, name, commandLine: [`/usr/sbin/${name}`, ...args] });
const running = (...programs: ReturnType<typeof program>[]) => ({ programs: { value: programs } });
const job = (name: string) => ({ clockJobs: { value: [{ program: name, file: '/etc/cron.d/time' }] } });
const kernel = (release: string) => ({ kernel: { value: { release, machine: 'x86_64' } } });
const POOL = 'pool 2.debian.pool.ntp.org iburst';
const WAITING = '[Unit]\nWants=dev-ptp_hyperv.device\nAfter=network.target dev-ptp_hyperv.device\n';

/** A host whose only daemon is ntpd. */
function ntpd(conf: string, commandLine: readonly string[] = ['/usr/sbin/ntpd', '-g']): Given {
  const base = given('');
  const daemon: DaemonFacts = {
    name: 'ntpd',
    installed: { value: true },
    unit: 'ntpd.service',
    active: { value: true },
    enabled: { value: true },
    version: { value: '4.2.6' },
    pid: 600,
    commandLine,
    verified: true,
    configFiles: ['/etc/ntp.conf'],
    untrusted: [],
    unread: [],
  };
  const files = new Map([...base.facts.files, ['/etc/ntp.conf', present(conf)] as const]);
  return { ...base, facts: { ...base.facts, daemons: [daemon], files } };
}

function switchedOff(of: Given): Given {
  const daemons = of.facts.daemons.map((one) => ({ ...one, enabled: { value: false } }));
  return { ...of, facts: { ...of.facts, daemons } };
}

function withoutChrony(of: Given): Given {
  const daemons = of.facts.daemons.map((one) => ({ ...one, name: 'timesyncd' as const }));
  const chrony = { ...of.facts.daemons[0]!, installed: { value: false }, active: { value: false } };
  return { ...of, facts: { ...of.facts, daemons: [chrony, ...daemons] } };
}

function onAlpine(of: Given, ...commandLine: string[]): Given {
  const os = { value: { id: 'alpine', versionId: '3.22', family: 'alpine', prettyName: 'Alpine' } } as const;
  return { ...of, facts: { ...of.facts, os, daemons: of.facts.daemons.map((one) => ({ ...one, commandLine })) } };
}

function onUbuntu(versionId: string, of: Given): Given {
  const os = { value: { id: 'ubuntu', versionId, family: 'debian', prettyName: 'Ubuntu' } } as const;
  return { ...of, facts: { ...of.facts, os } };
}

function failed(of: Given): Given {
  const services = new Map([...of.facts.services].map(([name, one]) => [name, { ...one, activeState: 'failed' }]));
  return { ...of, facts: { ...of.facts, services } };
}

const PLAIN = server('192.0.2.1');
const unsynchronised = { leap: 'Not synchronised', stratum: 0, referenceId: '00000000' } as const;

/** One case for every rule that has a condition of its own. */
export const RULE_CASES: Record<ObservedRuleId, RuleCase> = {
  'aws/ena-phc': {
    broken: given('refclock PHC /dev/ptp_ena poll 0', { around: { enaPhc: { value: false } } }),
    fine: given('refclock PHC /dev/ptp_ena poll 0', {
      made: { ptp: [{ device: 'ptp0', clockName: 'ena-ptp-05', symlinks: ['/dev/ptp_ena'] }] },
    }),
    silent: given('server 169.254.169.123'),
  },
  'azure/vm-size': {
    broken: onAzure(PHC, { facts: { vmSize: { value: 'Standard_D2s_v3' } } }),
    fine: onAzure(PHC, { facts: { vmSize: { value: 'Standard_D2s_v5' } } }),
    silent: onAzure(POOL, { facts: { vmSize: { value: 'Standard_D2s_v3' } } }),
  },
  'chrony/authentication-required': {
    broken: given('authselectmode require\nserver 10.0.0.1'),
    fine: given('authselectmode require\nserver 10.0.0.1 nts'),
    silent: given('server 10.0.0.1'),
  },
  'chrony/command-port': {
    broken: given('cmdport 0', {
      facts: { root: false, chrony: { ...given('cmdport 0').facts.chrony, tracking: { value: null, reason: '506' } } },
    }),
    fine: given('cmdport 0', { facts: { root: false } }),
    silent: given('cmdport 0'),
  },
  'chrony/config-accepted': {
    broken: given('makestep 1 3\nno_such_directive', { made: { rejected: REJECTED } }),
    fine: given('makestep 1 3'),
    silent: switchedOff(given('no_such_directive', { made: { rejected: REJECTED, chronyActive: false } })),
  },
  'chrony/directive-too-new': {
    broken: given('sourcedir /etc/chrony/sources.d', { made: { chrony: '3.5' } }),
    fine: given('sourcedir /etc/chrony/sources.d\nserver a nts trust'),
  },
  'chrony/initstepslew': { broken: given('initstepslew 30 10.0.0.1'), fine: given('makestep 1 3') },
  'chrony/leap-seconds-smeared': {
    broken: given('leapsectz right/UTC\nserver time.google.com'),
    fine: given(`leapsectz right/UTC\n${POOL}`),
    silent: given('server time.google.com'),
  },
  'chrony/leap-zone': {
    broken: given('leapsectz right/UTC', { around: { leapZone: { value: false } } }),
    fine: given('leapsectz right/UTC'),
    silent: given(POOL),
  },
  'chrony/makestep-pause': {
    broken: given('makestep 1 3'),
    fine: given('makestep 1 3\nmakestep 1.0 -1'),
    silent: onAzure('makestep 1 3'),
  },
  'chrony/min-sources': {
    broken: given('minsources 3\nserver a\nserver b'),
    fine: given(`minsources 3\n${POOL}`),
    silent: given('server a'),
  },
  'chrony/platform-config': {
    broken: given('', {
      facts: {
        chrony: { ...given('').facts.chrony, configPath: '/run/coreos/platform-chrony.conf' },
      },
    }),
    fine: given(POOL),
  },
  'chrony/rtc-twice': { broken: given('rtcsync\nrtcfile /var/lib/rtc'), fine: given('rtcsync'), silent: given(POOL) },
  'chrony/tai-leap-seconds': {
    broken: given('refclock PHC /dev/ptp0 tai'),
    fine: given('refclock PHC /dev/ptp0 tai\nleapsectz right/UTC'),
    silent: given('refclock PHC /dev/ptp0'),
  },
  'clock/clocksource': {
    broken: given('', { facts: { clocksource: { value: 'acpi_pm' } } }),
    fine: given('', { facts: { clocksource: { value: 'hyperv_clocksource_tsc_page' } } }),
    silent: given('', { facts: { clocksource: { value: null, reason: 'not read' } } }),
  },
  'clock/frequency': {
    broken: given('', { tracking: { frequencyPpm: -320 } }),
    fine: given('', { tracking: { frequencyPpm: -120 } }),
    silent: given('', { tracking: { ...unsynchronised, frequencyPpm: -320 } }),
  },
  'clock/leap-second': {
    broken: given('', { tracking: { leap: 'Insert second' } }),
    fine: given(''),
    silent: given('', { tracking: unsynchronised }),
  },
  'clock/root-distance': {
    broken: given('', { tracking: { rootDelaySeconds: 0.18, rootDispersionSeconds: 0.02 } }),
    fine: given('', { tracking: { rootDelaySeconds: 0.08, rootDispersionSeconds: 0.02 } }),
    silent: given('', { tracking: { ...unsynchronised, rootDelaySeconds: 1, rootDispersionSeconds: 1 } }),
  },
  'clock/skew': {
    broken: given('', { tracking: { skewPpm: 140 } }),
    fine: given('', { tracking: { skewPpm: 9 } }),
    silent: given('', { tracking: { skewPpm: 140 }, facts: { uptimeSeconds: { value: 90 } } }),
  },
  'clock/stratum': {
    broken: given('', { tracking: { stratum: 11 } }),
    fine: given('', { tracking: { stratum: 9 } }),
    silent: given('', { tracking: { stratum: 16 } }),
  },
  'compliance/chrony-package': { broken: given('', { facts: { packages: { value: {} } } }), fine: given('') },
  'compliance/command-port': { broken: given(POOL), fine: given('cmdport 0') },
  'compliance/makestep': { broken: given('makestep 1 3'), fine: given('makestep 1 -1') },
  'compliance/ntp-server': { broken: onAzure(PHC), fine: given('server 10.0.0.1') },
  'compliance/ntp-package': {
    broken: given('', { facts: { packages: { value: { ntp: '4.2.8' } } } }),
    fine: given(''),
  },
  'compliance/poll': {
    broken: given('server 10.0.0.1 maxpoll 17'),
    fine: given('server 10.0.0.1 maxpoll 16'),
    silent: onAzure(PHC),
  },
  'compliance/port': { broken: given('port 123'), fine: given('port 0') },
  'compliance/timesyncd-package': {
    broken: given('', { facts: { packages: { value: { 'systemd-timesyncd': '255' } } } }),
    fine: given(''),
  },
  'daemon/clock-jobs': {
    broken: given('', { around: job('ntpdate') }),
    fine: given('', { around: job('hwclock') }),
    silent: given('', { around: job('ntpdate'), made: { chronyActive: false } }),
  },
  'daemon/failed': {
    broken: failed(
      given('', { around: { lastWords: new Map([['chrony.service', ['Fatal error : no such device']]]) } }),
    ),
    fine: given(''),
  },
  'daemon/hardware-clock-jobs': {
    broken: given('', { around: job('hwclock') }),
    fine: given('', { around: job('ntpdate') }),
  },
  'daemon/no-refclock': { broken: withoutChrony(onAzure('')), fine: onAzure(''), silent: withoutChrony(given('')) },
  'daemon/phc2sys': {
    broken: given('', { around: running(program('phc2sys', '-a', '-r')) }),
    fine: given('', { around: running(program('phc2sys', '-a', '-E', 'ntpshm')) }),
    silent: given(''),
  },
  'daemon/stranger': {
    broken: given('', { around: { strangers: { value: [{ pid: 4711, name: 'chronyd', uid: 1000 }] } } }),
    fine: given('', { around: { strangers: { value: [{ pid: 4711, name: 'vmtoolsd', uid: 1000 }] } } }),
  },
  'daemon/untrusted-files': {
    broken: ((base) => ({
      ...base,
      facts: {
        ...base.facts,
        daemons: base.facts.daemons.map((daemon) => ({ ...daemon, untrusted: ['/home/ops/more.conf'] })),
      },
    }))(given('')),
    fine: given(''),
    silent: { ...given(''), facts: { ...given('').facts, daemons: [] } },
  },
  'daemon/vmware-tools': {
    broken: given('', {
      facts: { virtualization: { value: 'vmware' } },
      around: { ...running(program('vmtoolsd')), vmwareTimeSync: { value: true } },
    }),
    fine: given('', {
      facts: { virtualization: { value: 'vmware' } },
      around: { ...running(program('vmtoolsd')), vmwareTimeSync: { value: false } },
    }),
    silent: given('', { facts: { virtualization: { value: 'vmware' } } }),
  },
  'daemon/wait-sync': {
    broken: given('', { around: { bootUnits: ['systemd-time-wait-sync.service'] } }),
    fine: given('', {
      around: { bootUnits: ['systemd-time-wait-sync.service'] },
      made: { chronyActive: false, others: ['timesyncd'] },
    }),
    silent: given('', { around: { bootUnits: ['ntpdate.service'] } }),
  },
  'hyperv/driver': {
    broken: onAzure('', { hyperv: { moduleLoaded: { value: false } } }),
    fine: onAzure(''),
    silent: given('', { hyperv: { moduleLoaded: { value: false } } }),
  },
  'hyperv/kernel-steps': {
    broken: onAzure('', { facts: kernel('4.9.0-13-amd64') }),
    fine: onAzure('', { facts: kernel('4.9.0-13-amd64'), hyperv: { moduleLoaded: { value: false } } }),
    silent: onAzure('', { facts: kernel('4.19.0-27-amd64') }),
  },
  'hyperv/kernel-without-ptp': {
    broken: onAzure('', { made: { ptp: [card] }, hyperv: { timeSyncVersion: { value: '4.0' } } }),
    fine: onAzure('', { hyperv: { timeSyncVersion: { value: '4.0' } } }),
    silent: onAzure('', { made: { ptp: [] }, hyperv: { timeSyncVersion: { value: '3.0' } } }),
  },
  'hyperv/lis-downloaded': {
    broken: onAzure('', { hyperv: { lis: { value: { kind: 'downloaded', version: '4.3.5' } } } }),
    fine: onAzure('', { hyperv: { lis: { value: { kind: 'in-kernel' } } } }),
    silent: onAzure(''),
  },
  'hyperv/protocol': {
    broken: onAzure('', { hyperv: { timeSyncVersion: { value: '3.0' } } }),
    fine: onAzure('', { hyperv: { timeSyncVersion: { value: '4.0' } } }),
    silent: onAzure(''),
  },
  'hyperv/timesync-mode': {
    broken: onAzure('', { made: { parameters: { timesync_mode: 'Y' } } }),
    fine: onAzure('', { made: { parameters: { timesync_mode: 'N' } } }),
    silent: onAzure('', { made: { parameters: { timesync_mode: 'Y' }, chronyActive: false } }),
  },
  'hyperv/timesync-offered': {
    broken: onAzure('', { hyperv: { timeSyncOffered: { value: false } } }),
    fine: onAzure('', { hyperv: { timeSyncOffered: { value: true } } }),
    silent: onAzure(''),
  },
  'ntpd/local-clock': {
    broken: ntpd('server 127.127.1.0 # local\nfudge 127.127.1.0 stratum 8\n'),
    fine: ntpd('server 127.127.1.0\nfudge 127.127.1.0 stratum 10\n'),
    silent: given(''),
  },
  'ntpd/panic': {
    broken: ntpd('server 10.0.0.1\n', ['/usr/sbin/ntpd', '-u', 'ntp:ntp']),
    fine: ntpd('tinker panic 0\n', ['/usr/sbin/ntpd', '-u', 'ntp:ntp']),
    silent: given(''),
  },
  'phc/agrees': {
    broken: onAzure(PHC, { sources: [{ ...clock, state: 'x' }, { state: '*' }] }),
    fine: onAzure(PHC, { sources: [{ ...clock, state: '*' }, {}] }),
    silent: given(POOL, { sources: [{ state: 'x' }] }),
  },
  'phc/bare-refclock': {
    broken: onAzure(PHC),
    fine: onAzure('confdir /run/chrony-dhcp', {
      made: { files: { [MAIN]: 'confdir /run/chrony-dhcp\n', '/run/chrony-dhcp/tsync-refclock.conf': `${PHC}\n` } },
    }),
    silent: rhelUnit('[Unit]\nAfter=network.target\n')(onRhel(PHC)),
  },
  'phc/card-offset': {
    broken: given('refclock PHC /dev/ptp0', { made: { ptp: [card] }, around: running(program('ptp4l')) }),
    fine: given('refclock PHC /dev/ptp0 offset -37', { made: { ptp: [card] }, around: running(program('ptp4l')) }),
    silent: given('refclock PHC /dev/ptp0', { made: { ptp: [card] } }),
  },
  'phc/compared': {
    broken: onAzure(PHC, { sources: [{ ...clock, offsetSeconds: 0.012 }, { offsetSeconds: -0.001 }] }),
    fine: onAzure(PHC, { sources: [{ ...clock, offsetSeconds: 0.012 }, { errorSeconds: 0.02 }] }),
    silent: onAzure(PHC, { sources: [{ ...clock, offsetSeconds: 0.012 }, { reach: 0 }] }),
  },
  'phc/offset': {
    broken: onAzure('refclock PHC /dev/ptp_hyperv offset -37'),
    fine: onAzure(PHC),
    silent: onAzure(POOL),
  },
  'phc/sandbox': {
    broken: onAlpine(onAzure(PHC), '/usr/sbin/chronyd', '-F', '1'),
    fine: onAlpine(onAzure(PHC), '/usr/sbin/chronyd', '-u', 'chrony'),
    silent: onAzure(PHC),
  },
  'phc/stale': {
    broken: onAzure(PHC, { sources: [{ ...clock, state: '?', reach: 0 }] }),
    fine: onAzure(PHC, { sources: [{ ...clock, state: '*' }] }),
    silent: onAzure(PHC, { sources: [{ ...clock, reach: 0 }], facts: { uptimeSeconds: { value: 20 } } }),
  },
  'phc/start-order': {
    broken: rhelUnit('[Unit]\nAfter=network.target\n')(onRhel(PHC)),
    fine: rhelUnit(WAITING)(onRhel(PHC)),
    silent: onAzure(PHC),
  },
  'phc/stratum': {
    broken: onAzure('refclock PHC /dev/ptp_hyperv poll 3 dpoll -2'),
    fine: onAzure(PHC),
    silent: onAzure('refclock PHC /dev/ptp_hyperv poll 3 dpoll -2', { made: { chrony: '3.2' } }),
  },
  'phc/trust': {
    broken: onAzure(`${PHC} prefer trust\n${POOL}`),
    fine: onAzure(`${PHC} prefer\n${POOL}`),
    silent: onAzure(`${PHC} trust`),
  },
  'phc/udev-tag': {
    broken: rhelUnit(WAITING)(
      onRhel(PHC, { around: { udevRules: { value: ['ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"'] } } }),
    ),
    fine: rhelUnit(WAITING)(onRhel(PHC)),
    silent: onRhel(PHC),
  },
  'phc/undisciplined': {
    broken: given('refclock PHC /dev/ptp0', { made: { ptp: [card] } }),
    fine: onAzure(PHC),
    silent: given('refclock PHC /dev/ptp0 noselect', { made: { ptp: [card] } }),
  },
  'sources/azure-metadata': {
    broken: onAzure('server 169.254.169.254'),
    fine: onAzure(POOL),
    silent: given('server 169.254.169.254'),
  },
  'sources/cloud-endpoint': {
    broken: given(POOL, { made: { cloud: 'aws' } }),
    fine: given('server 169.254.169.123 prefer', { made: { cloud: 'aws' } }),
    silent: given(POOL),
  },
  'sources/falseticker': {
    broken: given(POOL, { sources: [{ state: '*' }, { state: 'x' }] }),
    fine: given(POOL, { sources: [{ state: '*' }, { state: '-' }] }),
    silent: onAzure(PHC, { sources: [{ ...clock, state: 'x' }] }),
  },
  'sources/majority': {
    broken: given('server a\nserver b'),
    fine: given('server a\nserver b\nserver c'),
    silent: onAzure(`${PHC}\nserver a`),
  },
  'sources/nts': {
    broken: given('server a nts\nserver b', { tracking: unsynchronised, sources: [{ state: '?' }] }),
    fine: given('server a nts\nserver b'),
    silent: given('authselectmode ignore\nserver a nts', { tracking: unsynchronised }),
  },
  'sources/nts-lost': {
    broken: onUbuntu('26.04', given('server a nts', { settings: { ntpServers: [PLAIN] } })),
    fine: onUbuntu('26.04', given('server a nts', { settings: { ntpServers: [PLAIN], strategy: 'monitor' } })),
    silent: onUbuntu('24.04', given('server a')),
  },
  'sources/reachable': {
    broken: given(POOL, { sources: [{ reach: 0 }, { reach: 0 }] }),
    fine: given(POOL, { sources: [{ reach: 0 }, { reach: 1 }] }),
    silent: given(POOL, { sources: [{ reach: 0 }], facts: { uptimeSeconds: { value: 20 } } }),
  },
  'sources/selectable': {
    broken: given('server a noselect\nserver b noselect'),
    fine: given('server a noselect\nserver b'),
    silent: given('rtcsync'),
  },
  'sources/silent': {
    broken: given(POOL, { sources: [{ reach: 0 }, { state: '*' }] }),
    fine: given(POOL, { sources: [{ state: '*' }] }),
    silent: given(POOL, { sources: [{ reach: 0 }] }),
  },
  'sources/smear': {
    broken: given(`server time.google.com\n${POOL}`),
    fine: given('server time1.google.com\nserver time2.google.com'),
    silent: given(POOL),
  },
  'sources/stale': {
    broken: given(POOL, { sources: [{ state: '*', lastSampleAgeSeconds: 3600 }] }),
    fine: given(POOL, { sources: [{ state: '*', lastSampleAgeSeconds: 200 }] }),
    silent: given(POOL, { sources: [{ lastSampleAgeSeconds: 3600 }] }),
  },
};
