import type { AroundFacts, ChronyFacts, DaemonFacts, Fact, Facts } from './facts.js';

/** A value of JSON; bytes of files are left out of it on purpose. */
export type FactsJson = null | boolean | number | string | readonly FactsJson[] | { readonly [key: string]: FactsJson };

/**
 * The facts of one host as `tsync facts --json` promises them (docs/facts.md). A fact `x` that could not be read is
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

/** What the clock follows by its daemon, and our own measurement of it. */
function clockJson(facts: Facts): FactsJson {
  const { clock } = facts;
  const source = selectedSource(facts);
  return {
    ...entry('synchronised', synchronised(facts)),
    ...entry('source', source),
    offsetSeconds: clock.value?.offsetSeconds ?? null,
    errorBoundSeconds: clock.value?.boundSeconds ?? null,
    ...(clock.value === null
      ? { offsetReason: clock.reason, offsetSecondsReason: clock.reason, errorBoundSecondsReason: clock.reason }
      : {}),
  };
}

function selectedSource({ chrony, timesyncd, ntpd, openntpd }: Facts): Fact<string> {
  const name =
    chrony.sources.value?.find((source) => source.state === '*')?.name ??
    (timesyncd.value?.synchronised ? (timesyncd.value.serverName ?? timesyncd.value.serverAddress) : null) ??
    ntpd.value?.peers.find((peer) => peer.tally === '*' || peer.tally === 'o')?.remote ??
    openntpd.value?.peers.find((peer) => peer.selected)?.remote;
  return name == null
    ? { value: null, reason: 'no daemon on the host says that it follows a source' }
    : { value: name };
}

/** By the daemon that runs; an unsynchronised chronyd prints zeros everywhere but in leap, reference and stratum. */
function synchronised({ chrony, timesyncd, ntpd, openntpd, daemons }: Facts): Fact<boolean> {
  const { tracking } = chrony;
  if (tracking.value !== null) {
    const { leap, stratum, referenceId } = tracking.value;
    return { value: leap !== 'Not synchronised' && leap !== 'unknown' && stratum > 0 && referenceId !== '00000000' };
  }
  if (timesyncd.value !== null) return { value: timesyncd.value.synchronised };
  if (ntpd.value !== null)
    return { value: ntpd.value.leap !== null && ntpd.value.leap !== '11' && (ntpd.value.stratum ?? 16) < 16 };
  if (openntpd.value !== null) return { value: openntpd.value.synchronised };
  if (daemons.every((daemon) => daemon.active.value === false)) return { value: false };
  return { value: null, reason: tracking.reason };
}
