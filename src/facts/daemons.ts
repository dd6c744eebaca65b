import { known, shown, unknown, whenKnown } from './fact.js';
import type { ChronyFacts, DaemonFacts, DaemonName, Fact, Init, InitScript, ServiceFacts } from './facts.js';
import type { Packages } from './packages.js';
import type { Process, Processes } from './processes.js';
import type { Sections } from './sections.js';

/** What the daemons are told by: everything that other facts have already read. */
export interface DaemonInput {
  readonly sections: Sections;
  readonly init: Fact<Init>;
  readonly initScripts: Fact<readonly InitScript[]>;
  readonly systemdVersion: Fact<number>;
  readonly services: ReadonlyMap<string, ServiceFacts>;
  readonly processes: Processes;
  readonly packages: Fact<Packages>;
  readonly chrony: ChronyFacts;
}

/** The five time daemons, always all of them: one that is not installed is said not to be. */
export function daemonsOf(input: DaemonInput): readonly DaemonFacts[] {
  return DAEMONS.map((daemon) => daemonFacts(daemon, input));
}

interface Daemon {
  readonly name: DaemonName;
  /** Unit names of the distributions, and the real ones: `ntp.service` may be an alias of ntpsec's. */
  readonly units: readonly string[];
  /** Scripts of other inits, by which their services are known. */
  readonly scripts: readonly string[];
  readonly process: string;
  readonly packages: readonly string[];
  readonly configFiles: RegExp;
}

const DAEMONS: readonly Daemon[] = [
  {
    name: 'chrony',
    units: ['chrony.service', 'chronyd.service'],
    scripts: ['chrony', 'chronyd'],
    process: 'chronyd',
    packages: ['chrony'],
    configFiles: /^$/,
  },
  {
    name: 'timesyncd',
    units: ['systemd-timesyncd.service'],
    scripts: [],
    process: 'systemd-timesyn',
    packages: ['systemd-timesyncd'],
    configFiles: /^\/(etc|run|usr\/lib|usr\/local\/lib)\/systemd\/timesyncd\.conf($|\.d\/)/,
  },
  {
    name: 'ntpd',
    units: ['ntpd.service', 'ntp.service'],
    scripts: ['ntp', 'ntpd'],
    process: 'ntpd',
    packages: ['ntp'],
    configFiles: /^\/etc\/(ntp\.conf|default\/ntp|sysconfig\/ntpd?|conf\.d\/ntpd)$/,
  },
  {
    name: 'ntpsec',
    units: ['ntpsec.service'],
    scripts: ['ntpsec'],
    process: 'ntpd',
    packages: ['ntpsec'],
    configFiles: /^\/etc\/(ntpsec\/ntp\.conf|default\/ntpsec)$/,
  },
  {
    name: 'openntpd',
    units: ['openntpd.service'],
    scripts: ['openntpd'],
    process: 'ntpd',
    packages: ['openntpd'],
    configFiles: /^\/etc\/(openntpd\/ntpd\.conf|ntpd\.conf|default\/openntpd)$/,
  },
];

function daemonFacts(daemon: Daemon, input: DaemonInput): DaemonFacts {
  const service = serviceOf(daemon, input);
  const process = processOf(daemon, service, input);
  const walked = walkedLines(daemon, input);
  const configFiles = daemon.name === 'chrony' ? input.chrony.configFiles : presentFiles(daemon, input);
  return {
    name: daemon.name,
    installed: installed(daemon, service, process, input),
    unit: service?.unit ?? null,
    active: active(service, process, input),
    enabled: enabled(daemon, service, input),
    version: version(daemon, input),
    pid: service?.mainPid ?? process?.pid ?? null,
    commandLine: process?.commandLine ?? null,
    verified: process?.verified ?? null,
    configFiles,
    untrusted: untrusted(daemon, service, configFiles, walked, input),
    unread: unfollowed(walked),
  };
}

function serviceOf(daemon: Daemon, { services }: DaemonInput): ServiceFacts | null {
  const names = [...daemon.units, ...daemon.scripts];
  const found = names.flatMap((unit) => services.get(unit) ?? []);
  const own = found.filter((service) => names.includes(service.unit) && service.loadState !== 'not-found');
  return own.find((service) => service.activeState === 'active') ?? own[0] ?? null;
}

/** ntpd, ntpsec and openntpd have one process name: it is the one whose unit has the pid, else the one that is installed. */
function processOf(daemon: Daemon, service: ServiceFacts | null, input: DaemonInput): Process | null {
  const candidates = input.processes.list.filter((process) => process.name === daemon.process);
  const main = candidates.find((process) => process.pid === service?.mainPid);
  if (main || daemon.process !== 'ntpd') return main ?? candidates[0] ?? null;
  return ownerOfNtpd(input) === daemon.name ? (candidates[0] ?? null) : null;
}

/** Whose a process named ntpd is. */
export function ownerOfNtpd({ packages, services }: Pick<DaemonInput, 'packages' | 'services'>): DaemonName {
  for (const name of ['ntpsec', 'openntpd'] as const) {
    if (packages.value?.has(name) || services.get(`${name}.service`)?.activeState === 'active') return name;
  }
  return 'ntpd';
}

function active(service: ServiceFacts | null, process: Process | null, input: DaemonInput): Fact<boolean> {
  if (service?.activeState === 'active' || service?.activeState === 'reloading' || process !== null) return known(true);
  if (asksSystemd(input) || input.processes.looked) return known(false);
  return unknown('neither the services nor the processes could be read');
}

/** systemd itself told of its units; of a script only its process tells whether it runs. */
function asksSystemd({ init, services }: DaemonInput): boolean {
  return services.size > 0 && (init.value === 'systemd' || init.value === null);
}

/** Links count, not what systemd would like: `static` and `disabled` do not start at boot by themselves. */
function enabled(daemon: Daemon, service: ServiceFacts | null, input: DaemonInput): Fact<boolean> {
  if (input.init.value === 'systemd') {
    if (service?.fragmentPath?.startsWith('/run/systemd/generator')) return startsByScript(daemon, input);
    if (service === null) return input.services.size > 0 ? known(false) : unknown('systemctl show gave no units');
    if (service.unitFileState === '')
      return service.masked ? known(false) : unknown(`systemd knows no unit file state of ${service.unit}`);
    return known(ENABLED.has(service.unitFileState));
  }
  return startsByScript(daemon, input);
}

/** Without systemd, and where systemd made the unit from a sysv script, whose state it calls `bad` or `generated`. */
function startsByScript(daemon: Daemon, { initScripts }: DaemonInput): Fact<boolean> {
  return whenKnown(initScripts, (scripts) =>
    known(scripts.some((script) => script.startsAtBoot && daemon.scripts.includes(script.name))),
  );
}

const ENABLED: ReadonlySet<string> = new Set([
  'enabled',
  'enabled-runtime',
  'alias',
  'generated',
  'linked',
  'linked-runtime',
]);

function installed(
  daemon: Daemon,
  service: ServiceFacts | null,
  process: Process | null,
  input: DaemonInput,
): Fact<boolean> {
  const { packages, sections } = input;
  // a script may be left of a package that was removed
  if (process !== null || (asksSystemd(input) && service?.loadState === 'loaded')) return known(true);
  if (daemon.packages.some((name) => packages.value?.has(name))) return known(true);
  if (daemon.name === 'chrony' && sections.section('chronyd-version')?.state === 'ok') return known(true);
  if (packages.value !== null || asksSystemd(input)) return known(false);
  return unknown(packages.reason);
}

function version(daemon: Daemon, { sections, packages, systemdVersion }: DaemonInput): Fact<string> {
  if (daemon.name === 'chrony') {
    const printed = /\(chrony\) version ([0-9][0-9A-Za-z.-]{0,30})/.exec(sections.text('chronyd-version'))?.[1];
    if (printed) return known(shown(printed));
  }
  const packaged = daemon.packages.flatMap((name) => packages.value?.get(name) ?? [])[0];
  if (packaged !== undefined) return known(packaged);
  if (daemon.name === 'timesyncd' && systemdVersion.value !== null) return known(String(systemdVersion.value));
  return unknown(packages.value === null ? packages.reason : 'it is not installed as a package');
}

/** What the probe said while it followed the configuration of chrony, or of the ntpd that is here. */
function walkedLines(daemon: Daemon, input: DaemonInput): readonly string[] {
  if (daemon.name === 'chrony') return input.sections.lines('chrony-config');
  return ownerOfNtpd(input) === daemon.name ? input.sections.lines('ntp-config') : [];
}

/** Directives and files that the probe did not follow; a key file is never read. */
function unfollowed(walked: readonly string[]): readonly string[] {
  return walked.flatMap((line) => {
    const what = /^(?:skipped(?!\s+keyfile\b)|limit)\s+(.*)$/i.exec(line)?.[1];
    return what === undefined ? [] : [shown(what, 400)];
  });
}

/** Files, and folders whose files are read: what the probe said of what it walked, and the attributes of the others. */
function untrusted(
  daemon: Daemon,
  service: ServiceFacts | null,
  configFiles: readonly string[],
  walked: readonly string[],
  { sections }: DaemonInput,
): readonly string[] {
  const said = walked.flatMap((line) => {
    const path = /^untrusted (\/\S{1,400})$/.exec(line)?.[1];
    return path === undefined ? [] : [shown(path, 400)];
  });
  const started = [service?.fragmentPath ?? [], service?.dropIns ?? [], STARTED_WITH[daemon.name] ?? []].flat();
  const others = [...configFiles, ...started].filter((path) => {
    const writers = sections.file(path)?.file?.writers;
    return writers === 'file' || writers === 'others';
  });
  return [...new Set([...said, ...others])];
}

/** Files of its arguments; those of the others are among their configuration. */
const STARTED_WITH: { readonly [D in DaemonName]?: readonly string[] } = {
  chrony: ['/etc/default/chrony', '/etc/sysconfig/chronyd', '/etc/conf.d/chronyd'],
};

/** For ntpd and ntpsec first what the probe walked: the file of `-c` or the distribution's, with its includes. */
function presentFiles(daemon: Daemon, input: DaemonInput): readonly string[] {
  const { sections } = input;
  const paths: string[] = [];
  if (ownerOfNtpd(input) === daemon.name) {
    for (const line of sections.lines('ntp-config')) {
      const path = /^file (\/[A-Za-z0-9_./:@+,~=-]{1,400})$/.exec(line)?.[1];
      if (path !== undefined && (sections.file(path)?.state ?? 'absent') !== 'absent') paths.push(path);
    }
  }
  for (const [path, section] of sections.files)
    if (section.state !== 'absent' && daemon.configFiles.test(path)) paths.push(path);
  return [...new Set(paths)];
}
