import { type ChronyLayout, ownLines, type PlacedLine } from './chrony-layout.js';
import { type Decision, disable, enable, type LineOp, lineEvidence, type OwnLine } from './line-decision.js';
import { inSync, violation } from './observe.js';
import type { Observation } from './policy.js';
import { isSameServer, isServerLine, serverLine } from './server-line.js';
import type { Settings } from './settings.js';
import type { StrategyRow } from './strategies.js';

/** True when a strategy that keeps servers finds at least one: a line that counts now, or that would come back. */
export function hasConfiguredServers(layout: ChronyLayout): boolean {
  return (
    ownLines(layout).some(isServerLine) ||
    activeForeign(layout).length > 0 ||
    disabledForeign(layout).some(({ line }) => isServerLine(line))
  );
}

/** Which server, pool, peer and DHCP sourcedir lines go, come back or are ours. */
export function decideServers(layout: ChronyLayout, row: StrategyRow, settings: Settings): Decision {
  switch (row.servers) {
    case 'kept':
      return keepServers(layout, row, settings);
    case 'none':
      return replaceServers(layout, row, settings, []);
    case 'playbook':
      return replaceServers(layout, row, settings, settings.ntpServers);
  }
}

function replaceServers(
  layout: ChronyLayout,
  row: StrategyRow,
  settings: Settings,
  servers: Settings['ntpServers'],
): Decision {
  const preferred = prefersNtp(row, settings) && !servers.some((server) => server.prefer);
  const active = activeForeign(layout).filter((placed) => !isFromDhcp(placed));
  const stays = new Set<PlacedLine>();
  const own: OwnLine[] = [];
  for (const server of servers) {
    const there = active.find((placed) => isSameServer(placed.line, server, preferred));
    if (there !== undefined) stays.add(there);
    else own.push({ text: serverLine(server, preferred), rule: 'sources/playbook-servers' });
  }
  const foreign = active
    .filter((placed) => !stays.has(placed))
    .map((placed) => disable(placed, 'sources/foreign-servers'));
  return {
    ops: [...foreign, ...dhcpOps(layout, settings)],
    own: dedupe(own),
    observations:
      servers.length > 0
        ? [inSync('sources/none'), ...(foreign.length > 0 ? [] : [inSync('sources/foreign-servers')])]
        : [],
  };
}

/**
 * What is configured stays, and servers of the playbook come beside it; only a host that tsync left without any server
 * gets back what it had.
 */
function keepServers(layout: ChronyLayout, row: StrategyRow, settings: Settings): Decision {
  const active = [...ownLines(layout).filter(isServerLine), ...activeForeign(layout).map(({ line }) => line)];
  const missing = settings.ntpServers.filter((server) => !active.some((line) => isSameServer(line, server)));
  const texts = [
    ...ownLines(layout)
      .filter(isServerLine)
      .map((line) => line.text.trim()),
    ...missing.map((server) => serverLine(server)),
  ];
  const own = dedupe(texts.map((text) => ({ text, rule: 'sources/playbook-servers' })));
  if (active.length + missing.length > 0) return { ops: [], own, observations: [inSync('sources/none')] };
  const back = disabledForeign(layout).map((placed) => enable(placed, 'sources/none'));
  return { ops: back, own, observations: back.length > 0 ? [] : [noServers(layout, row)] };
}

function noServers(layout: ChronyLayout, row: StrategyRow): Observation {
  if (row.phc === 'beside' || row.phc === 'first') return inSync('sources/none');
  const refclocks = layout.foreign.filter(({ line }) => line.directive === 'refclock' && !line.disabled);
  if (row.phc === 'left' && refclocks.length > 0) return inSync('sources/none', refclocks.map(lineEvidence));
  return violation('sources/none', 'no server, pool, peer or refclock line', 'at least one', []);
}

/** `prefer: ntp` makes the row say so: see adaptRow in take-strategy.ts. */
function prefersNtp(row: StrategyRow, settings: Settings): boolean {
  return row.phc === 'beside' && settings.prefer === 'ntp' && !row.selected.refclock;
}

function activeForeign(layout: ChronyLayout): PlacedLine[] {
  return layout.foreign.filter(({ line }) => isServerLine(line) && !line.disabled);
}

function disabledForeign(layout: ChronyLayout): PlacedLine[] {
  return layout.foreign.filter(({ line }) => (isServerLine(line) || isDhcpFolder(line)) && line.disabled);
}

function dhcpOps(layout: ChronyLayout, settings: Settings): LineOp[] {
  const folders = layout.foreign.filter(({ line }) => isDhcpFolder(line));
  if (settings.dhcpServers === 'ignore') {
    return folders.filter(({ line }) => !line.disabled).map((placed) => disable(placed, 'sources/dhcp'));
  }
  return folders.filter(({ line }) => line.disabled).map((placed) => enable(placed, 'sources/dhcp'));
}

function isDhcpFolder(line: PlacedLine['line']): boolean {
  return line.directive === 'sourcedir' && line.args.some((arg) => arg.replace(/\/+$/, '') === DHCP_FOLDER);
}

function isFromDhcp(placed: PlacedLine): boolean {
  return placed.file.path.startsWith(`${DHCP_FOLDER}/`);
}

const DHCP_FOLDER = '/run/chrony-dhcp';

function dedupe(lines: readonly OwnLine[]): OwnLine[] {
  return lines.filter((line, index) => lines.findIndex((other) => other.text === line.text) === index);
}
