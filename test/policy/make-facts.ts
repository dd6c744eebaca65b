import { parseChronyConfig } from '#config/chrony-config.js';
import { matchesGlob } from '#config/matches-glob.js';
import type { ChronyFacts, DaemonFacts, DaemonName, Facts, FileFacts, PtpDevice, ServiceFacts } from '#facts/facts.js';
import { textToBytes } from '#snapshot/bytes.js';

/** A host in few words; everything that is left out is as on a healthy VM. */
export interface MadeHost {
  readonly family: 'debian' | 'rhel';
  readonly versionId: string;
  readonly chrony: string;
  readonly systemd: number;
  /** By path; chrony's main file is among them. */
  readonly files: { readonly [path: string]: string };
  readonly cloud?: 'azure' | 'aws' | 'none';
  readonly virtualization?: 'hyperv' | 'kvm' | 'container';
  readonly ptp?: readonly PtpDevice[];
  /** Parameters of hv_utils. */
  readonly parameters?: { readonly [name: string]: string };
  readonly chronyActive?: boolean;
  /** What chronyd does not take in its configuration. */
  readonly rejected?: { readonly fault: string; readonly at: { readonly path: string; readonly line: number } | null };
  readonly commandLine?: readonly string[];
  /** Other daemons that run and are enabled. */
  readonly others?: readonly DaemonName[];
  readonly clock?: { readonly offsetSeconds: number; readonly boundSeconds: number };
  readonly selected?: 'server' | 'refclock' | 'none';
  /** Programs that mind a step of the clock. */
  readonly stepMinded?: readonly string[];
}

export const HYPERV_PTP: PtpDevice = { device: 'ptp0', clockName: 'hyperv', symlinks: ['/dev/ptp_hyperv'] };

export function makeFacts(host: MadeHost): Facts {
  const unit = host.family === 'debian' ? 'chrony.service' : 'chronyd.service';
  const main = mainPath(host.family);
  const files = new Map<string, FileFacts>(askedPaths(unit).map((path) => [path, { state: 'absent' }]));
  for (const [path, text] of Object.entries(host.files)) files.set(path, present(text));
  return {
    place: 'remote',
    os: {
      value: {
        id: host.family,
        versionId: host.versionId,
        family: host.family,
        prettyName: `${host.family} ${host.versionId}`,
      },
    },
    kernel: { value: { release: '6.1.0', machine: 'x86_64' } },
    init: { value: 'systemd' },
    systemdVersion: { value: host.systemd },
    virtualization: { value: host.virtualization ?? (host.cloud === 'azure' ? 'hyperv' : 'kvm') },
    cloud: { value: host.cloud ?? 'none' },
    clocksource: { value: 'tsc' },
    clocksources: { value: ['tsc', 'acpi_pm'] },
    hyperv: {
      hostBuild: { value: null, reason: 'no line' },
      timeSyncVersion: { value: null, reason: 'no line' },
      lis: { value: null, reason: 'no module' },
      moduleLoaded: {
        value: host.parameters !== undefined || host.virtualization === 'hyperv' || host.cloud === 'azure',
      },
      timeSyncOffered: { value: null, reason: 'no VMBus' },
      parameters: { value: host.parameters ?? {} },
    },
    ptp: { value: host.ptp ?? [] },
    daemons: makeDaemons(host, unit),
    chrony: makeChrony(host, main, files),
    timesyncd: { value: null, reason: 'not active' },
    ntpd: { value: null, reason: 'not active' },
    openntpd: { value: null, reason: 'not active' },
    packages: { value: { chrony: host.chrony } },
    unfinishedPackages: { value: [] },
    packageManager: { value: host.family === 'debian' ? 'apt' : 'dnf' },
    openPackageWork: { value: [] },
    initScripts: { value: null, reason: 'init is systemd' },
    dhcpServers: { value: [] },
    bootHook: { value: true },
    image: { value: 'none' },
    vmSize: { value: null, reason: 'not Azure' },
    services: makeServices(host, unit),
    files,
    clock: {
      value: { offsetSeconds: 0.001, boundSeconds: 0.002, exchanges: 5, resolutionSeconds: 1e-9, ...host.clock },
    },
    uptimeSeconds: { value: 1000 },
    root: true,
    selinux: { value: 'disabled' },
    openTransactions: { value: [] },
    around: {
      stepMinded: { value: host.stepMinded ?? [] },
      programs: { value: [] },
      strangers: { value: [] },
      clockJobs: { value: [] },
      unreadJobs: [],
      bootUnits: [],
      lastWords: new Map(),
      udevRules: { value: ['SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv", TAG+="systemd"'] },
      enaPhc: { value: null, reason: 'no such driver' },
      leapZone: { value: true },
      vmwareTimeSync: { value: null, reason: 'no guest of VMware' },
    },
    moduleParameters: new Map(),
  };
}

export function mainPath(family: MadeHost['family']): string {
  return family === 'debian' ? '/etc/chrony/chrony.conf' : '/etc/chrony.conf';
}

export function present(text: string, mode = '0644'): FileFacts {
  const bytes = textToBytes(text);
  return {
    state: 'present',
    bytes,
    mode,
    owner: 'root',
    group: 'root',
    truncated: false,
    resolvedTo: null,
    writers: 'root',
  };
}

/** What the probe reads whether it is there or not. */
function askedPaths(unit: string): readonly string[] {
  return [
    '/etc/tsync/refclock.sh',
    `/etc/systemd/system/${unit}.d/60-tsync-refclock.conf`,
    '/etc/udev/rules.d/99-tsync-ptp.rules',
    '/etc/modprobe.d/tsync-hv_utils.conf',
    '/etc/chrony/conf.d/tsync.conf',
    '/etc/chrony/sources.d/tsync.sources',
  ];
}

/** As the probe walks them: the main file, what it includes, then the files of sourcedirs. */
export function readingOrder(main: string, files: ReadonlyMap<string, FileFacts>): string[] {
  const configs: string[] = [];
  const sources: string[] = [];
  const isThere = (path: string) => (files.get(path)?.state ?? 'absent') !== 'absent';
  const inFolder = (folder: string, suffix: string) =>
    [...files.keys()]
      .filter((path) => path.startsWith(`${folder}/`) && path.endsWith(suffix) && isThere(path))
      .toSorted();
  walk(main);
  return [...new Set([...configs, ...sources])];

  function walk(path: string): void {
    if (!isThere(path) || configs.includes(path)) return;
    configs.push(path);
    const file = files.get(path);
    if (file?.state !== 'present') return;
    for (const { directive, args, disabled } of parseChronyConfig(file.bytes)) {
      if (disabled) continue;
      if (directive === 'confdir') for (const folder of args) inFolder(folder, '.conf').forEach(walk);
      if (directive === 'sourcedir') for (const folder of args) sources.push(...inFolder(folder, '.sources'));
      if (directive === 'include')
        [...files.keys()]
          .filter((one) => isThere(one) && matchesGlob(one, args[0] ?? ''))
          .toSorted()
          .forEach(walk);
    }
  }
}

function makeChrony(host: MadeHost, main: string, files: ReadonlyMap<string, FileFacts>): ChronyFacts {
  const selected = host.selected ?? 'server';
  const isFree = selected === 'none';
  return {
    configPath: main,
    configFiles: readingOrder(main, files),
    tracking: {
      value: {
        referenceId: isFree ? '00000000' : selected === 'refclock' ? '50484330' : '0A4D0001',
        name: isFree ? '' : selected === 'refclock' ? 'PHC0' : '10.77.0.1',
        stratum: isFree ? 0 : 3,
        referenceTimeSeconds: isFree ? 0 : 1_790_000_000,
        systemOffsetSeconds: 0,
        lastOffsetSeconds: 0,
        rmsOffsetSeconds: 0,
        frequencyPpm: 1,
        skewPpm: 0.1,
        rootDelaySeconds: isFree ? 1 : 0.001,
        rootDispersionSeconds: isFree ? 1 : 0.001,
        updateIntervalSeconds: 64,
        leap: isFree ? 'Not synchronised' : 'Normal',
      },
    },
    sources: {
      value: isFree
        ? []
        : [
            {
              mode: selected,
              state: '*',
              name: selected === 'refclock' ? 'PHC0' : '10.77.0.1',
              stratum: 2,
              poll: 6,
              reach: 255,
              lastSampleAgeSeconds: 10,
              offsetSeconds: 0,
              errorSeconds: 0.001,
            },
          ],
    },
    statistics: { value: null, reason: 'not read' },
    selection: { value: null, reason: 'not read' },
    authentication: { value: null, reason: 'not read' },
    configCheck: {
      value: host.rejected === undefined ? { verdict: 'accepted' } : { verdict: 'rejected', ...host.rejected },
    },
  };
}

function makeDaemons(host: MadeHost, unit: string): DaemonFacts[] {
  const isActive = host.chronyActive ?? true;
  const chrony: DaemonFacts = {
    name: 'chrony',
    installed: { value: true },
    unit,
    active: { value: isActive },
    enabled: { value: true },
    version: { value: host.chrony },
    pid: isActive ? 500 : null,
    commandLine: isActive ? (host.commandLine ?? ['/usr/sbin/chronyd', '-F', '1']) : null,
    verified: true,
    configFiles: [],
    untrusted: [],
    unread: [],
  };
  return [chrony, ...(host.others ?? []).map(makeOther)];
}

function makeOther(name: DaemonName): DaemonFacts {
  return {
    name,
    installed: { value: true },
    unit: unitOf(name),
    active: { value: true },
    enabled: { value: true },
    version: { value: null, reason: 'not asked' },
    pid: 600,
    commandLine: [name],
    verified: true,
    configFiles: [],
    untrusted: [],
    unread: [],
  };
}

function unitOf(name: DaemonName): string {
  return name === 'timesyncd' ? 'systemd-timesyncd.service' : `${name}.service`;
}

function makeServices(host: MadeHost, unit: string): ReadonlyMap<string, ServiceFacts> {
  const isActive = host.chronyActive ?? true;
  const chrony = makeService(unit, isActive, host.family === 'debian' ? ['chronyd.service'] : []);
  const others = (host.others ?? []).map((name) => makeService(unitOf(name), true, []));
  return new Map([chrony, ...others].map((service) => [service.unit, service]));
}

function makeService(unit: string, active: boolean, alias: readonly string[]): ServiceFacts {
  const folder = '/etc/systemd/system';
  const fragmentPath = `/lib/systemd/system/${unit}`;
  return {
    unit,
    loadState: 'loaded',
    activeState: active ? 'active' : 'inactive',
    unitFileState: 'enabled',
    fragmentPath,
    dropIns: [],
    mainPid: active ? 500 : null,
    links: [`${folder}/multi-user.target.wants/${unit}`, ...alias.map((name) => `${folder}/${name}`)]
      .map((path) => `${path} -> ${fragmentPath}`)
      .toSorted(),
    masked: false,
    install: { wantedBy: ['multi-user.target'], requiredBy: [], alias },
  };
}
