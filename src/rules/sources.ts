import { linesWith } from '#config/daemon-config.js';
import { selectedChronySource } from '#facts/clock-readings.js';
import type { Facts } from '#facts/facts.js';
import { cloudServerOf, isServerOf } from '#platforms/cloud-servers.js';
import { isSmearing, isUnsmeared } from '#platforms/smear.js';
import { amount, breach, type Condition, doubt, noLine } from './answer.js';
import { maxSources } from './chrony.js';
import { evidence, lineEvidence } from './observe.js';
import { isSettled, ntpSources, optionsOf, type Seen, sourceSeen, synchronisedTracking } from './seen.js';

export const SOURCES_CONDITIONS = {
  'sources/azure-metadata': (seen) => {
    if (seen.facts.cloud.value !== 'azure') return null;
    if (!seen.isConfigKnown) return noLine(seen);
    const wrong = seen.servers.filter(({ line }) => line.args[0] === '169.254.169.254');
    return wrong.length === 0 ? 'holds' : breach('169.254.169.254', 'an NTP server', wrong.map(lineEvidence));
  },
  'sources/cloud-endpoint': (seen) => {
    const cloud = cloudServerOf(seen.facts);
    if (cloud === null || seen.settings.ntpServers.length > 0) return null;
    if (seen.servers.length === 0) return noLine(seen);
    if (seen.refclocks.length > 0 || hasEndpoint(seen)) return 'holds';
    return breach('other servers', cloud.server.address, seen.servers.map(lineEvidence));
  },
  'sources/falseticker': (seen) => {
    const sources = ntpSources(seen);
    if (sources === null || sources.length === 0) return null;
    const wrong = sources.filter(({ state }) => state === 'x');
    return wrong.length === 0 ? 'holds' : breach(`${wrong[0]?.name}: state x`, 'agreement', wrong.map(sourceSeen));
  },
  'sources/majority': (seen) => {
    if (seen.servers.length === 0 || linesWith(seen, 'refclock').length > 0 || hasEndpoint(seen)) return noLine(seen);
    const count = seen.servers.reduce((sum, one) => sum + (one.line.directive === 'pool' ? maxSources(one) : 1), 0);
    return count >= 3
      ? 'holds'
      : breach(count === 1 ? '1 server' : `${count} servers`, '3 servers', seen.servers.map(lineEvidence));
  },
  'sources/nts': judgeNts,
  'sources/nts-lost': (seen) => {
    const { facts, settings, servers } = seen;
    if (!shipsNts(facts)) return null;
    if (servers.length === 0) return noLine(seen);
    const isKept = settings.ntpServers.length === 0 || KEEPING.has(settings.strategy);
    const configured = servers.filter((one) => optionsOf(one).includes('nts'));
    if (isKept ? configured.length > 0 : settings.ntpServers.some(({ nts }) => nts)) return 'holds';
    const named = settings.ntpServers.map(({ address }) => evidence('ntp_servers', address));
    return breach('servers without NTS', 'a server with NTS', isKept ? servers.map(lineEvidence) : named);
  },
  'sources/reachable': (seen) => {
    const sources = ntpSources(seen);
    if (sources === null || sources.length === 0 || !isSettled(seen)) return null;
    return sources.some(({ reach }) => reach > 0) ? 'holds' : breach('reach 0', 'an answer', sources.map(sourceSeen));
  },
  'sources/selectable': (seen) => {
    const all = [...seen.servers, ...linesWith(seen, 'refclock')];
    if (all.length === 0) return noLine(seen);
    const isWatched = all.every((one) => optionsOf(one).includes('noselect'));
    return isWatched ? breach('noselect everywhere', 'a source that may be followed', all.map(lineEvidence)) : 'holds';
  },
  'sources/silent': (seen) => {
    const sources = ntpSources(seen);
    if (sources === null || !sources.some(({ reach }) => reach > 0) || !isSettled(seen)) return null;
    const silent = sources.filter(({ reach }) => reach === 0);
    return silent.length === 0 ? 'holds' : breach(`${silent[0]?.name}: reach 0`, 'an answer', silent.map(sourceSeen));
  },
  'sources/smear': (seen) => {
    const { facts, servers, refclocks } = seen;
    const smearing = servers.filter((one) => isSmearing(one, facts));
    if (smearing.length === 0) return noLine(seen);
    const clocks = refclocks.filter(({ device }) => /^(?:hyperv|ena-ptp)/.test(device?.clockName ?? ''));
    const others = [...servers.filter(isUnsmeared), ...clocks.map(({ placed }) => placed)];
    return others.length === 0 ? 'holds' : breach('both', 'one of the two', [...smearing, ...others].map(lineEvidence));
  },
  'sources/stale': ({ facts }) => {
    const selected = selectedChronySource(facts.chrony.sources.value ?? []);
    if (selected === undefined || selected.lastSampleAgeSeconds === null) return null;
    const limit = Math.max(60, 4 * 2 ** Math.min(selected.poll, 24));
    if (selected.lastSampleAgeSeconds <= limit) return 'holds';
    return breach(amount(selected.lastSampleAgeSeconds, 's'), amount(limit, 's'), [sourceSeen(selected)]);
  },
} satisfies Record<string, Condition>;

/** Strategies beside whose servers those that are configured stay. */
const KEEPING: ReadonlySet<string> = new Set(['host+ptp', 'monitor']);

/** Ubuntu from 25.10 on ships chrony with servers that are authenticated by NTS. */
function shipsNts({ os }: Facts): boolean {
  const [year = 0, month = 0] = os.value?.versionId.split('.').map(Number) ?? [];
  return os.value?.id === 'ubuntu' && year + month / 100 >= 25.1;
}

function hasEndpoint({ facts, servers }: Seen): boolean {
  const cloud = cloudServerOf(facts);
  return cloud !== null && servers.some(({ line }) => isServerOf(cloud, line));
}

/** With NTS servers, chronyd by default insists that one of them (or a refclock) is selectable before it follows anything. */
function judgeNts(seen: Seen): ReturnType<Condition> {
  const nts = seen.servers.filter((one) => optionsOf(one).includes('nts'));
  const mode = linesWith(seen, 'authselectmode').at(-1)?.line.args[0]?.toLowerCase() ?? 'mix';
  if (nts.length === 0 || mode === 'ignore') return noLine(seen);
  const { tracking, sources, authentication } = seen.facts.chrony;
  if (tracking.value === null) return doubt(tracking.reason, nts.map(lineEvidence));
  const isSelected = selectedChronySource(sources.value ?? []) !== undefined;
  if (synchronisedTracking(seen) !== null || isSelected || !isSettled(seen)) return 'holds';
  const failed = (authentication.value ?? []).filter((one) => one.mode === 'nts' && one.cookies === 0);
  const tried = failed.map(({ name, attempts }) =>
    evidence('chronyc -c authdata', `${name}: no cookies after ${attempts} attempts`),
  );
  return breach('nothing selected', 'an NTS server that answers', [...nts.map(lineEvidence), ...tried]);
}
