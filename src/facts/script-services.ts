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
  const links = linksByScript(input.sections);
  const said = statuses(input.sections);
  const scripts = (input.initScripts.value ?? []).filter(({ script, job }) => script !== null && job === null);
  return new Map(scripts.map((script) => [script.name, serviceFacts(script, links.get(script.name), said, input)]));
}

type Links = ReadonlyMap<string, string>;

function serviceFacts(
  script: InitScript,
  targets: Links = new Map(),
  said: ReadonlyMap<string, string>,
  input: ScriptInput,
): ServiceFacts {
  const isOdd = [...targets.values()].includes('');
  return {
    unit: script.name,
    loadState: 'loaded',
    activeState: isOdd ? 'unknown' : activeState(script.name, said.get(script.name), input),
    unitFileState: script.startsAtBoot ? 'enabled' : 'disabled',
    fragmentPath: script.script,
    dropIns: [],
    mainPid: null,
    links: [...targets].map(([path, target]) => `${path} -> ${target}`).sort(),
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
function linksByScript(sections: Sections): ReadonlyMap<string, Links> {
  const byScript = new Map<string, Map<string, string>>();
  for (const line of sections.lines('links:scripts')) {
    const match = /\s(etc\/[A-Za-z0-9._/-]{1,200})(?: -> (\S{1,200}))?$/.exec(line);
    if (match?.[1] === undefined || !/^[a-z-]/.test(line)) continue;
    const path = `/${match[1]}`;
    const links = byScript.get(nameOf(path)) ?? new Map<string, string>();
    links.set(path, line.startsWith('l') ? (match[2] ?? '') : '');
    byScript.set(nameOf(path), links);
  }
  return byScript;
}

/** `status chrony 0`: what a script said of its service; of two lines the first counts. */
function statuses(sections: Sections): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const line of sections.lines('init-scripts')) {
    const name = /^status (\S{1,64}) /.exec(line)?.[1];
    if (name !== undefined && !said.has(name)) said.set(name, line);
  }
  return said;
}

/** What its script said where it was asked (LSB: 0 is running), else whether its process is there. */
function activeState(name: string, said: string | undefined, { processes, packages }: ScriptInput): string {
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
