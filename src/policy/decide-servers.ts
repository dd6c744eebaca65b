import { readChronyWords } from '#config/chrony-config.js';
import { type ConfigLine, parseLine } from '#config/config-line.js';
import type { DaemonConfig, PlacedLine } from '#config/daemon-config.js';
import { isBelow } from '#config/host-path.js';
import { isSameServer, isServerLine, serverLine } from '#config/server-line.js';
import { type CloudChoice, isServerOf } from '#platforms/cloud-servers.js';
import { lineEvidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, violation } from '#rules/observe.js';
import type { NtpServer, Settings } from '#settings/settings.js';
import { type Decision, disable, enable, type LineOp, type OwnLine, onceEach } from './line-decision.js';
import type { StrategyRow } from './strategies.js';

/** True when a strategy that keeps servers finds at least one: a line that counts now, or that would come back. */
export function hasConfiguredServers(config: DaemonConfig): boolean {
  return (
    config.own.some(isServerLine) ||
    activeForeign(config).length > 0 ||
    disabledForeign(config).some(({ line }) => isServerLine(line) || outsideFolder(line) !== null)
  );
}

/** The line of a daemon for one server of the playbook. */
export type PrintServer = (server: NtpServer, preferred?: boolean) => string;

export interface ServersAsked {
  readonly print: PrintServer;
  readonly cloud: CloudChoice | null;
  /** Somebody wrote `dhcp_servers`: it holds too where what is configured stays as it is. */
  readonly isDhcpAsked: boolean;
}

export interface ServersDecision extends Decision {
  /** No server would be left, and nothing else that the strategy counts on. */
  readonly leavesNone: boolean;
}

/** Which server, pool, peer and DHCP sourcedir lines go, come back or are ours. */
export function decideServers(
  config: DaemonConfig,
  row: StrategyRow,
  settings: Settings,
  asked: ServersAsked,
): ServersDecision {
  switch (row.servers) {
    case 'kept':
      return keepServers(config, row, settings, asked);
    case 'none':
      return replaceServers(config, row, settings, [], asked);
    case 'playbook':
      return replaceServers(config, row, settings, settings.ntpServers, asked);
  }
}

/** The server lines that chronyd has after `decideServers`, as far as they are known. */
export function serversAfter(
  config: DaemonConfig,
  servers: StrategyRow['servers'],
  settings: Settings,
  cloud: CloudChoice | null,
): readonly ConfigLine[] {
  const named = settings.ntpServers.map((server) => parseLine(serverLine(server), readChronyWords));
  if (servers === 'none') return [];
  if (servers === 'playbook' && named.length > 0) return named;
  const dropped = new Set(cloud?.drop);
  const staying = activeForeign(config).filter(
    (placed) => !dropped.has(placed) && !(settings.dhcpServers === 'ignore' && isFromDhcp(placed)),
  );
  const added = (cloud?.add ?? []).map((server) => parseLine(serverLine(server), readChronyWords));
  return [...config.own.filter(isServerLine), ...staying.map(({ line }) => line), ...added, ...named];
}

function replaceServers(
  config: DaemonConfig,
  row: StrategyRow,
  settings: Settings,
  servers: Settings['ntpServers'],
  { print }: ServersAsked,
): ServersDecision {
  const preferred = prefersNtp(row, settings) && !servers.some((server) => server.prefer);
  const active = activeForeign(config).filter((placed) => !isFromDhcp(placed));
  const stays = new Set<PlacedLine>();
  const own: OwnLine[] = [];
  for (const server of servers) {
    const there = active.find((placed) => isSameServer(placed.line, server, preferred));
    if (there !== undefined) stays.add(there);
    else own.push({ text: print(server, preferred), rule: 'sources/playbook-servers' });
  }
  const broughtBy = bringers(config);
  const foreign = active
    .filter((placed) => !stays.has(placed))
    .map((placed) => disable(broughtBy(placed), 'sources/foreign-servers'));
  return {
    ops: [...onePerLine(foreign), ...dhcpOps(config, settings)],
    own: onceEach(own),
    observations:
      servers.length > 0
        ? [inSync('sources/none'), ...(foreign.length > 0 ? [] : [inSync('sources/foreign-servers')])]
        : [],
    leavesNone: false,
  };
}

/**
 * What is configured stays, and servers of the playbook come beside it; only a host that tsync left without any server
 * gets back what it had.
 */
function keepServers(
  config: DaemonConfig,
  row: StrategyRow,
  settings: Settings,
  { cloud, isDhcpAsked, print }: ServersAsked,
): ServersDecision {
  const decidesDhcp = isDhcpAsked || cloud !== null;
  const staying = activeForeign(config).filter(
    (placed) => !(decidesDhcp && settings.dhcpServers === 'ignore' && isFromDhcp(placed)),
  );
  const active = [...config.own.filter(isServerLine), ...staying.map(({ line }) => line)];
  const missing = settings.ntpServers.filter((server) => !active.some((line) => isSameServer(line, server)));
  const texts = [
    ...config.own.filter(isServerLine).map((line) => line.text.trim()),
    ...missing.map((server) => print(server)),
  ];
  const added = (cloud?.add ?? []).map((server): OwnLine => ({ text: print(server), rule: 'sources/cloud-endpoint' }));
  const own = onceEach([...texts.map((text): OwnLine => ({ text, rule: ruleOfOwn(text, cloud) })), ...added]);
  const dropped = (cloud?.drop ?? []).map((placed) => disable(placed, 'sources/smear'));
  const ops = [...dropped, ...(decidesDhcp ? dhcpOps(config, settings) : [])];
  if (active.length + missing.length + added.length > 0)
    return { ops, own, observations: [inSync('sources/none')], leavesNone: false };
  const back = disabledForeign(config).map((placed) => enable(placed, 'sources/none'));
  if (back.length > 0) return { ops: back, own, observations: [], leavesNone: false };
  const none = noServers(config, row);
  return { ops: back, own, observations: [none], leavesNone: none.verdict.status === 'violation' };
}

/** A server of the cloud that stands in our lines was not asked for by the playbook. */
function ruleOfOwn(text: string, cloud: CloudChoice | null): OwnLine['rule'] {
  return cloud !== null && isServerOf(cloud.cloud, parseLine(text, readChronyWords))
    ? 'sources/cloud-endpoint'
    : 'sources/playbook-servers';
}

/** Where a line lies outside of /etc, in a folder that an image or a generator fills: the directive that reads that folder. */
function bringers(config: DaemonConfig): (placed: PlacedLine) => PlacedLine {
  const byFolder = Map.groupBy(config.foreign, ({ line }) => outsideFolder(line));
  return (placed) => {
    const { path } = placed.file;
    if (isBelow('/etc', path)) return placed;
    return byFolder.get(path.slice(0, path.lastIndexOf('/')))?.[0] ?? placed;
  };
}

/** The folder of a `sourcedir` line that names one folder outside of /etc; DHCP's has its own setting. */
function outsideFolder(line: ConfigLine): string | null {
  const folder =
    line.directive === 'sourcedir' && line.args.length === 1 ? line.args[0]?.replace(/\/+$/, '') : undefined;
  return folder === undefined || isBelow('/etc', folder) || folder === DHCP_FOLDER ? null : folder;
}

function onePerLine(ops: readonly LineOp[]): readonly LineOp[] {
  return [...Map.groupBy(ops, ({ placed }) => placed).values()].flatMap(([first]) => first ?? []);
}

function noServers(config: DaemonConfig, row: StrategyRow): Observation {
  if (row.phc === 'beside' || row.phc === 'first') return inSync('sources/none');
  const refclocks = config.foreign.filter(({ line }) => line.directive === 'refclock' && !line.disabled);
  if (row.phc === 'left' && refclocks.length > 0) return inSync('sources/none', refclocks.map(lineEvidence));
  return violation('sources/none', 'no server, pool, peer or refclock line', 'at least one', []);
}

/** `prefer: ntp` makes the row say so: see adaptRow in take-strategy.ts. */
function prefersNtp(row: StrategyRow, settings: Settings): boolean {
  return row.phc === 'beside' && settings.prefer === 'ntp' && !row.selected.refclock;
}

function activeForeign(config: DaemonConfig): PlacedLine[] {
  return config.foreign.filter(({ line }) => isServerLine(line) && !line.disabled);
}

function disabledForeign(config: DaemonConfig): PlacedLine[] {
  return config.foreign.filter(
    ({ line }) => (isServerLine(line) || isDhcpFolder(line) || outsideFolder(line) !== null) && line.disabled,
  );
}

function dhcpOps(config: DaemonConfig, settings: Settings): LineOp[] {
  const folders = config.foreign.filter(({ line }) => isDhcpFolder(line));
  if (settings.dhcpServers === 'ignore') {
    return folders.filter(({ line }) => !line.disabled).map((placed) => disable(placed, 'sources/dhcp'));
  }
  return folders.filter(({ line }) => line.disabled).map((placed) => enable(placed, 'sources/dhcp'));
}

function isDhcpFolder(line: PlacedLine['line']): boolean {
  return line.directive === 'sourcedir' && line.args.some((arg) => arg.replace(/\/+$/, '') === DHCP_FOLDER);
}

function isFromDhcp(placed: PlacedLine): boolean {
  return isBelow(DHCP_FOLDER, placed.file.path);
}

const DHCP_FOLDER = '/run/chrony-dhcp';
