import { linesWith } from '#config/daemon-config.js';
import { selectedChronySource } from '#facts/clock-readings.js';
import type { Facts } from '#facts/facts.js';
import { cloudServerOf, isServerOf } from '#platforms/cloud-servers.js';
import { isSmearing, isUnsmeared } from '#platforms/smear.js';
import { amount, breach, type Condition, doubt, noLine } from './answer.js';
import { maxSources } from './chrony.js';
import { evidence, lineEvidence } from './evidence.js';
import type { Rule } from './rule.js';
import { isSettled, ntpSources, optionsOf, type Seen, sourceSeen, synchronisedTracking } from './seen.js';

/** Which NTP servers a daemon has, and what they answer. */
export const SOURCES_RULES = [
  {
    id: 'sources/azure-metadata',
    severity: 'high',
    sentence: 'chronyd does not use the metadata service of Azure as an NTP server.',
    broken: 'chronyd uses the metadata service of Azure as an NTP server, which it is not.',
    brokenAt: '{where} names the metadata service of Azure as an NTP server, which it is not.',
    applies: 'In Azure, where chronyd is configured.',
    source:
      'on Azure 169.254.169.254 answers HTTP only; it is an NTP server in Oracle Cloud, and 169.254.169.123 is one in AWS',
    remedy: 'Remove the line; in Azure the time comes as a PTP clock, or from servers of your own.',
    condition: (seen) => {
      if (seen.facts.cloud.value !== 'azure') return null;
      if (!seen.isConfigKnown) return noLine(seen);
      const wrong = seen.servers.filter(({ line }) => line.args[0] === '169.254.169.254');
      return wrong.length === 0 ? 'holds' : breach('169.254.169.254', 'an NTP server', wrong.map(lineEvidence));
    },
  },
  {
    id: 'sources/cloud-endpoint',
    severity: 'info',
    sentence: 'The time server of the cloud is among the servers.',
    broken: 'The time server of the cloud is not among the servers.',
    brokenAt: 'The time server of the cloud ({expected}) is not among the servers.',
    applies:
      'In AWS, Google Cloud, Oracle Cloud and Alibaba Cloud, where chronyd has NTP servers and the playbook names none.',
    source:
      'AWS: 169.254.169.123; Google: metadata.google.internal; Oracle: 169.254.169.254; Alibaba: ntp.cloud.aliyuncs.com: near, and reachable without internet access',
    remedy:
      'Name it in the playbook under ntp_servers. In AWS and Google Cloud name no other server beside it: it smears leap seconds.',
    condition: (seen) => {
      const cloud = cloudServerOf(seen.facts);
      if (cloud === null || seen.settings.ntpServers.length > 0) return null;
      if (seen.servers.length === 0) return noLine(seen);
      if (seen.refclocks.length > 0 || hasEndpoint(seen)) return 'holds';
      return breach('other servers', cloud.server.address, seen.servers.map(lineEvidence));
    },
  },
  {
    id: 'sources/dhcp',
    severity: 'low',
    sentence: 'The daemon uses or ignores NTP servers from DHCP as the playbook asks.',
    broken: 'The daemon does not treat NTP servers from DHCP as the playbook asks.',
    applies: 'Where the daemon reads NTP servers from DHCP, or tsync switched them off.',
    source:
      "chrony.conf(5): sourcedir /run/chrony-dhcp; IGNORE_DHCP of Debian's ntpsec; systemd.network(5): UseNTP=; dhcp_servers: ignore",
    remedy: 'Switch off the sourcedir, set IGNORE_DHCP="yes" or UseNTP=no, or set dhcp_servers: keep.',
    condition: null,
  },
  {
    id: 'sources/falseticker',
    severity: 'low',
    sentence: 'No NTP server contradicts the others.',
    broken: 'An NTP server contradicts the others.',
    brokenAt: 'An NTP server contradicts the others ({found}).',
    applies: 'Where chronyd has NTP servers.',
    source: 'chronyc(1): sources, state x',
    remedy: 'Replace the server, unless it is the only one that is right.',
    condition: (seen) => {
      const sources = ntpSources(seen);
      if (sources === null || sources.length === 0) return null;
      const wrong = sources.filter(({ state }) => state === 'x');
      return wrong.length === 0 ? 'holds' : breach(`${wrong[0]?.name}: state x`, 'agreement', wrong.map(sourceSeen));
    },
  },
  {
    id: 'sources/foreign-servers',
    severity: 'medium',
    sentence: 'The daemon uses no NTP server that the strategy does not ask for.',
    broken: 'The daemon uses an NTP server that the strategy does not ask for.',
    applies: 'Where the strategy names its own servers.',
    source: 'the strategy of the playbook; PCI DSS 10.6.2',
    remedy: 'Switch off the other server, pool and peer lines.',
    condition: null,
  },
  {
    id: 'sources/majority',
    severity: 'info',
    sentence: 'chronyd has at least three NTP servers, or another clock: they can outvote a wrong server.',
    broken: 'chronyd has too few NTP servers to outvote a wrong one.',
    brokenAt: 'chronyd has only {found}; it takes three to outvote a wrong one.',
    applies: 'Where chronyd has NTP servers, and neither a PTP clock nor the server of a cloud.',
    source:
      'RFC 8633, section 3.2: with one server chronyd follows it even if it is wrong; with two nobody knows which is wrong; the RFC advises four',
    remedy: 'Name more servers in the playbook under ntp_servers.',
    condition: (seen) => {
      if (seen.servers.length === 0 || linesWith(seen, 'refclock').length > 0 || hasEndpoint(seen)) return noLine(seen);
      const count = seen.servers.reduce((sum, one) => sum + (one.line.directive === 'pool' ? maxSources(one) : 1), 0);
      return count >= 3
        ? 'holds'
        : breach(count === 1 ? '1 server' : `${count} servers`, '3 servers', seen.servers.map(lineEvidence));
    },
  },
  {
    id: 'sources/none',
    severity: 'critical',
    sentence: 'The daemon has a time source.',
    broken: 'The daemon has no time source.',
    applies: 'Where a daemon is to keep the clock.',
    source: 'chrony.conf(5): server, pool, refclock',
    remedy: 'Name NTP servers in the playbook under ntp_servers.',
    condition: null,
  },
  {
    id: 'sources/nts',
    severity: 'high',
    sentence: 'A server with NTS is reachable where chronyd requires one.',
    broken: 'No server with NTS is reachable, and chronyd requires one.',
    applies: 'Where chronyd has servers with nts, and authselectmode is not ignore.',
    source:
      'Ubuntu 25.10 and later (ubuntu/ubuntu-report#76): with NTS blocked nothing else is selected: "no required source in selectable sources"',
    remedy: 'Open TCP 4460 outwards, or replace the NTS servers.',
    condition: judgeNts,
  },
  {
    id: 'sources/nts-lost',
    severity: 'low',
    sentence: 'The servers are authenticated, as the distribution ships them.',
    broken: 'The servers are not authenticated, though the distribution ships servers that are.',
    applies: 'On Ubuntu 25.10 and later, where chronyd has NTP servers.',
    source:
      'Ubuntu 25.10 and later configure their servers with NTS; anyone on the way can forge the answers of plain servers',
    remedy: 'Name servers with nts: true in the playbook, or waive this rule with the reason.',
    condition: (seen) => {
      const { facts, settings, servers } = seen;
      if (!shipsNts(facts)) return null;
      if (servers.length === 0) return noLine(seen);
      const isKept = settings.ntpServers.length === 0 || KEEPING.has(settings.strategy);
      const configured = servers.filter((one) => optionsOf(one).includes('nts'));
      if (isKept ? configured.length > 0 : settings.ntpServers.some(({ nts }) => nts)) return 'holds';
      const named = settings.ntpServers.map(({ address }) => evidence('ntp_servers', address));
      return breach('servers without NTS', 'a server with NTS', isKept ? servers.map(lineEvidence) : named);
    },
  },
  {
    id: 'sources/playbook-servers',
    severity: 'high',
    sentence: 'The daemon uses the NTP servers of the playbook.',
    broken: 'The daemon does not use the NTP servers of the playbook, or not with the options that it sets.',
    applies: 'Where the playbook names ntp_servers.',
    source: 'ntp_servers of the playbook',
    remedy: 'Let tsync add them.',
    condition: null,
  },
  {
    id: 'sources/reachable',
    severity: 'high',
    sentence: 'At least one NTP server answers.',
    broken: 'No NTP server answers.',
    applies: 'Where chronyd has NTP servers, two minutes after the boot.',
    source: 'chronyc(1): sources, reach 0: no answer to the last eight requests, as when UDP 123 is blocked',
    remedy: 'Open UDP 123 outwards, or name servers that the host can reach.',
    condition: (seen) => {
      const sources = ntpSources(seen);
      if (sources === null || sources.length === 0 || !isSettled(seen)) return null;
      return sources.some(({ reach }) => reach > 0) ? 'holds' : breach('reach 0', 'an answer', sources.map(sourceSeen));
    },
  },
  {
    id: 'sources/selectable',
    severity: 'high',
    sentence: 'At least one source is configured without noselect.',
    broken: 'Every source is configured with noselect: chronyd follows none.',
    applies: 'Where chronyd has sources.',
    source: 'chrony.conf(5): noselect: chronyd measures the source and never follows it',
    remedy: 'Remove noselect from a source that chronyd should follow.',
    condition: (seen) => {
      const all = [...seen.servers, ...linesWith(seen, 'refclock')];
      if (all.length === 0) return noLine(seen);
      const isWatched = all.every((one) => optionsOf(one).includes('noselect'));
      return isWatched
        ? breach('noselect everywhere', 'a source that may be followed', all.map(lineEvidence))
        : 'holds';
    },
  },
  {
    id: 'sources/selected',
    severity: 'high',
    sentence: 'The daemon follows a source of the kind that the strategy asks for.',
    broken: 'The daemon follows no source of the kind that the strategy asks for.',
    applies: 'Where the daemon is to follow NTP servers, alone or beside a PTP clock.',
    source: 'chronyc(1): sources, state *; ntpq(8): peers, * and o; timedatectl(1): timesync-status, Server',
    remedy:
      'Run chronyc selectdata or ntpq -p, or read the journal of systemd-timesyncd: it says why none is selected.',
    awaited: 'source',
    condition: null,
  },
  {
    id: 'sources/silent',
    severity: 'info',
    sentence: 'Every NTP server answers.',
    broken: 'An NTP server does not answer.',
    brokenAt: 'An NTP server does not answer ({found}).',
    applies: 'Where at least one NTP server of chronyd answers.',
    source: 'chronyc(1): sources, reach 0',
    remedy: 'Remove the server, or repair the route to it.',
    condition: (seen) => {
      const sources = ntpSources(seen);
      if (sources === null || !sources.some(({ reach }) => reach > 0) || !isSettled(seen)) return null;
      const silent = sources.filter(({ reach }) => reach === 0);
      return silent.length === 0 ? 'holds' : breach(`${silent[0]?.name}: reach 0`, 'an answer', silent.map(sourceSeen));
    },
  },
  {
    id: 'sources/smear',
    severity: 'info',
    sentence: 'chronyd does not mix servers that smear leap seconds with sources that do not.',
    broken: 'chronyd mixes servers that smear leap seconds with sources that do not.',
    applies: 'Where chronyd has a server of Google, or the time server of AWS.',
    source:
      'developers.google.com/time/faq; AWS and Google smear over 24 hours, the pool, time.windows.com and PTP clocks do not. It matters when a leap second comes',
    remedy: 'Use the smearing servers alone, or not at all.',
    condition: (seen) => {
      const { facts, servers, refclocks } = seen;
      const smearing = servers.filter((one) => isSmearing(one, facts));
      if (smearing.length === 0) return noLine(seen);
      const clocks = refclocks.filter(({ device }) => /^(?:hyperv|ena-ptp)/.test(device?.clockName ?? ''));
      const others = [...servers.filter(isUnsmeared), ...clocks.map(({ placed }) => placed)];
      return others.length === 0
        ? 'holds'
        : breach('both', 'one of the two', [...smearing, ...others].map(lineEvidence));
    },
  },
  {
    id: 'sources/stale',
    severity: 'medium',
    sentence: 'chronyd had a sample from its selected source recently.',
    broken: 'chronyd has had no sample from its selected source for several polling intervals.',
    applies: 'Where chronyd has selected a source.',
    source: 'chronyc(1): sources, LastRx; more than four polling intervals mean that several requests got no answer',
    remedy: 'Look at reach in chronyc sources.',
    condition: ({ facts }) => {
      const selected = selectedChronySource(facts.chrony.sources.value ?? []);
      if (selected === undefined || selected.lastSampleAgeSeconds === null) return null;
      const limit = Math.max(60, 4 * 2 ** Math.min(selected.poll, 24));
      if (selected.lastSampleAgeSeconds <= limit) return 'holds';
      return breach(amount(selected.lastSampleAgeSeconds, 's'), amount(limit, 's'), [sourceSeen(selected)]);
    },
  },
] as const satisfies readonly Rule[];

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
