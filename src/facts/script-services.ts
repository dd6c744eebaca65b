import { ownerOfNtpd } from './daemons.js';
import type { Fact, InitScript, ServiceFacts } from './facts.js';
import type { Packages } from './packages.js';
import type { Processes } from './processes.js';
import type { Sections } from './sections.js';

interface ScriptInput {
  readonly sections: Sections;
  readonly initScripts: Fact<readonly InitScript[]>;
  readonly processes: Processes;
  readonly packages: Fact<Packages>;
}

/**
 * Services of sysv init, upstart's scripts and OpenRC, by the name of their script (`chrony`, without suffix). `fragmentPath` is
 * the script, `links` are all that start or stop it. A link that is none, and a service of which nothing tells whether it
 * runs, have activeState `unknown`. A job of upstart is none: nothing here can set it.
 */
export function servicesOfScripts(input: ScriptInput): ReadonlyMap<string, ServiceFacts> {
  const links = linksByPath(input.sections);
  const scripts = (input.initScripts.value ?? []).filter(({ script, job }) => script !== null && job === null);
  return new Map(scripts.map((script) => [script.name, serviceFacts(script, links, input)]));
}

function serviceFacts(script: InitScript, targets: ReadonlyMap<string, string>, input: ScriptInput): ServiceFacts {
  const paths = [...targets.keys()].filter((path) => nameOf(path) === script.name);
  const isOdd = paths.some((path) => targets.get(path) === '');
  return {
    unit: script.name,
    loadState: 'loaded',
    activeState: isOdd ? 'unknown' : activeState(script.name, input),
    unitFileState: script.startsAtBoot ? 'enabled' : 'disabled',
    fragmentPath: script.script,
    dropIns: [],
    mainPid: null,
    links: paths.map((path) => `${path} -> ${targets.get(path)}`).sort(),
    masked: false,
    install: null,
  };
}

/** `/etc/rc3.d/S58ntpd`, `/etc/runlevels/default/ntpd`: `ntpd` */
function nameOf(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return path.startsWith('/etc/runlevels/') ? last : last.slice(3);
}

/** Lines of `ls -ld`: `lrwxrwxrwx 1 root root 16 Nov 22 2026 etc/rc3.d/S58ntpd -> ../init.d/ntpd`. No target: no link. */
function linksByPath(sections: Sections): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const line of sections.lines('links:scripts')) {
    const match = /^([a-z-]).*?\s(etc\/[A-Za-z0-9._/-]{1,200})(?: -> (\S{1,200}))?$/.exec(line);
    if (match?.[2] !== undefined) links.set(`/${match[2]}`, match[1] === 'l' ? (match[3] ?? '') : '');
  }
  return links;
}

/** What its script said where it was asked (LSB: 0 is running), else whether its process is there. */
function activeState(name: string, { sections, processes, packages }: ScriptInput): string {
  const said = sections.lines('init-scripts').find((line) => line.startsWith(`status ${name} `));
  if (said !== undefined) return said.endsWith(' 0') ? 'active' : 'inactive';
  const process = processOf(name, packages);
  if (!processes.looked) return 'unknown';
  return processes.list.some((one) => one.name === process) ? 'active' : 'inactive';
}

function processOf(script: string, packages: Fact<Packages>): string | null {
  if (script === 'chrony') return 'chronyd';
  const ntpd = { ntp: 'ntpd', ntpd: 'ntpd', ntpsec: 'ntpsec', openntpd: 'openntpd' }[script];
  if (ntpd === undefined) return script;
  return ownerOfNtpd({ packages, services: new Map() }) === ntpd ? 'ntpd' : null;
}
