import type { ClockSource } from './clock-readings.js';
import { clockStateOf } from './clock-state.js';
import { known, unknown, whenKnown } from './fact.js';
import type { AroundFacts, ChronyFacts, DaemonFacts, Fact, Facts } from './facts.js';

/** A value of JSON; bytes of files are left out of it on purpose. */
export type FactsJson = null | boolean | number | string | readonly FactsJson[] | { readonly [key: string]: FactsJson };

/**
 * The facts of one host as `tsync facts --json` promises them (docs/reference/facts.md). A fact `x` that could not be read is
 * `"x": null` with `"xReason": "why"` beside it.
 */
export function factsJson(facts: Facts): { readonly [key: string]: FactsJson } {
  const { hyperv } = facts;
  return {
    schemaVersion: 1,
    place: facts.place,
    ...entry('os', facts.os),
    ...entry('kernel', facts.kernel),
    ...entry('init', facts.init),
    ...entry('systemdVersion', facts.systemdVersion),
    ...entry('virtualization', facts.virtualization),
    ...entry('cloud', facts.cloud),
    ...entry('clocksource', facts.clocksource),
    ...entry('clocksources', facts.clocksources),
    hyperv: {
      ...entry('hostBuild', hyperv.hostBuild),
      ...entry('timeSyncVersion', hyperv.timeSyncVersion),
      ...entry('lis', hyperv.lis),
      ...entry('moduleLoaded', hyperv.moduleLoaded),
      ...entry('timeSyncOffered', hyperv.timeSyncOffered),
      ...entry('parameters', hyperv.parameters),
    },
    ...entry('ptp', facts.ptp),
    daemons: facts.daemons.map(daemonJson),
    chrony: chronyJson(facts.chrony),
    ...entry('ntpd', facts.ntpd),
    ...entry('timesyncd', facts.timesyncd),
    ...entry('openntpd', facts.openntpd),
    ...entry('packages', facts.packages),
    ...entry('unfinishedPackages', facts.unfinishedPackages),
    ...entry('packageManager', facts.packageManager),
    ...entry('openPackageWork', facts.openPackageWork),
    ...entry('initScripts', facts.initScripts),
    ...entry('bootHook', facts.bootHook),
    ...entry('dhcpServers', facts.dhcpServers),
    ...entry('image', facts.image),
    ...entry('vmSize', facts.vmSize),
    clock: clockJson(facts),
    ...entry('uptimeSeconds', facts.uptimeSeconds),
    ...entry('selinux', facts.selinux),
    root: facts.root,
    ...entry('openTransactions', facts.openTransactions),
    around: aroundJson(facts.around),
  };
}

function entry(name: string, fact: Fact<unknown>): { readonly [key: string]: FactsJson } {
  if (fact.value === null) return { [name]: null, [`${name}Reason`]: (fact as { reason: string }).reason };
  return { [name]: fact.value as FactsJson };
}

function aroundJson(around: AroundFacts): FactsJson {
  return {
    ...entry('programs', around.programs),
    ...entry('strangers', around.strangers),
    ...entry('clockJobs', around.clockJobs),
    unreadJobs: around.unreadJobs,
    bootUnits: around.bootUnits,
    lastWords: Object.fromEntries(around.lastWords),
    ...entry('udevRules', around.udevRules),
    ...entry('enaPhc', around.enaPhc),
    ...entry('leapZone', around.leapZone),
    ...entry('vmwareTimeSync', around.vmwareTimeSync),
  };
}

function daemonJson(daemon: DaemonFacts): FactsJson {
  return {
    name: daemon.name,
    unit: daemon.unit,
    ...entry('installed', daemon.installed),
    ...entry('active', daemon.active),
    ...entry('enabled', daemon.enabled),
    ...entry('version', daemon.version),
    pid: daemon.pid,
    commandLine: daemon.commandLine,
    verified: daemon.verified,
    configFiles: daemon.configFiles,
    untrusted: daemon.untrusted,
  };
}

function chronyJson(chrony: ChronyFacts): FactsJson {
  return {
    configPath: chrony.configPath,
    configFiles: chrony.configFiles,
    ...entry('configCheck', chrony.configCheck),
    ...entry('tracking', chrony.tracking),
    ...entry('sources', chrony.sources),
    ...entry('statistics', chrony.statistics),
    ...entry('selection', chrony.selection),
    ...entry('authentication', chrony.authentication),
  };
}

/** What the daemon says of the clock, and our own measurement of it. A source that is not followed is null, with that as its reason. */
function clockJson(facts: Facts): FactsJson {
  const { daemon, synchronised, source, offsetSeconds, measured } = clockStateOf(facts);
  return {
    ...entry('daemon', daemon),
    ...entry('synchronised', synchronised),
    ...entry('source', whenKnown(source, sourceName)),
    ...entry('daemonOffsetSeconds', offsetSeconds),
    ...entry(
      'offsetSeconds',
      whenKnown(measured, (clock) => known(clock.offsetSeconds)),
    ),
    ...entry(
      'errorBoundSeconds',
      whenKnown(measured, (clock) => known(clock.boundSeconds)),
    ),
    // for readers of the first version
    ...(measured.value === null ? { offsetReason: measured.reason } : {}),
  };
}

function sourceName(source: ClockSource): Fact<string> {
  return source.kind === 'none' ? unknown('no daemon on the host says that it follows a source') : known(source.name);
}
