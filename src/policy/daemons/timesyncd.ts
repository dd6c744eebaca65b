import type { Check } from '#checks/check.js';
import type { ConfigReading } from '#config/daemon-config.js';
import { isBelow } from '#config/host-path.js';
import type { KeptDaemon } from '#config/kept-daemon.js';
import { OWN_DROP_IN, type TimesyncdConfig } from '#config/read-timesyncd-config.js';
import { editableConfig } from '#config/untrusted.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { System } from '#platforms/system-scope.js';
import type { RuleId } from '#resources/resource.js';
import { evidence, lineEvidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, unknown, violation } from '#rules/observe.js';
import type { NtpServer, ResolvedSettings, Settings } from '#settings/settings.js';
import { textToBytes } from '#snapshot/bytes.js';
import { decideImplicit } from '../decide-hyperv.js';
import { decideOthers, decideUnit } from '../decide-services.js';
import { ownState, wantFile } from '../edit-files.js';
import type { Wanted } from '../policy.js';
import { offerWithoutChrony } from '../ptp-offer.js';
import type { Taken } from '../take-strategy.js';
import type { KeeperReading, Made } from './keeper.js';

/** systemd-timesyncd: an SNTP client with one server at a time. */
export function timesyncdKeeper(
  resolved: ResolvedSettings,
  facts: Facts,
  daemon: KeptDaemon,
  system: System,
  reading: ConfigReading<TimesyncdConfig>,
): KeeperReading {
  const { settings } = resolved;
  const editable = editableConfig(daemon, reading);
  if (!editable.known) return { known: false, rule: 'timesyncd/readable', problem: editable.problem };
  const { config } = editable;
  return {
    known: true,
    keeper: {
      offer: offerWithoutChrony(facts, 'systemd-timesyncd'),
      daemon: 'timesyncd',
      config,
      cloud: null,
      observations: [inSync('timesyncd/readable')],
      clockControl: { observations: [], problem: null },
      refusal: unusableServer(settings, system),
      make: (taken, isWaived) => make(resolved, facts, daemon, config, taken, isWaived),
      checks: (taken) => checksOf(settings, taken, system),
    },
  };
}

function make(
  { settings, origins }: ResolvedSettings,
  facts: Facts,
  daemon: KeptDaemon,
  config: TimesyncdConfig,
  { row }: Taken,
  isWaived: (rule: RuleId) => boolean,
): Made {
  const names = row.servers === 'playbook' ? byPreference(settings.ntpServers) : [];
  const file = names.length === 0 ? null : wantServers(config, names, settings.ntpServers);
  const others = decideOthers(facts, daemon.unit);
  const unit = decideUnit(facts, daemon.unit);
  const implicit = decideImplicit(facts, false);
  const isFileWaived = isWaived('sources/playbook-servers');
  return {
    wanted: [...(file === null || isFileWaived ? [] : [file]), ...others.wanted, ...implicit.wanted, ...unit.wanted],
    observations: [
      inSync('sources/none'),
      ...(file === null && names.length > 0 ? [inSync('sources/playbook-servers')] : []),
      ...(file !== null && isFileWaived
        ? [violation('sources/playbook-servers', config.addresses.join(' ') || 'none', names.join(' '), [])]
        : []),
      ...observeSteps(settings, (origins.makestep ?? 'default') !== 'default'),
      ...observeDhcp(facts, settings, names.length > 0),
      ...[others, unit, implicit].flatMap((one) => one.observations),
    ],
    withheld: names.length > 0 ? lastWord(config) : null,
  };
}

/** Null where the servers are configured already, without a file of ours. */
function wantServers(config: TimesyncdConfig, names: readonly string[], servers: readonly NtpServer[]): Wanted | null {
  const hasOurs = config.files.some(({ ours }) => ours);
  const polls = pollLines(servers);
  const isThere = config.addresses.join(' ') === names.join(' ') && polls.length === 0;
  if (isThere && !hasOurs) return null;
  const lines = [HEADER, '[Time]', 'NTP=', `NTP=${names.join(' ')}`, ...polls, ''];
  const seen = [
    evidence('timesyncd.conf', `NTP=${config.addresses.join(' ')}`),
    evidence(OWN_DROP_IN, `wanted: ${lines[3]}`),
  ];
  return wantFile(OWN_DROP_IN, ownState(textToBytes(lines.join('\n'))), [
    { rule: 'sources/playbook-servers', evidence: seen },
  ]);
}

const HEADER = '# Made by tsync, which writes it anew with each change.';

/** timesyncd takes the first that answers. */
function byPreference(servers: readonly NtpServer[]): readonly string[] {
  const sorted = [...servers.filter(({ prefer }) => prefer), ...servers.filter(({ prefer }) => !prefer)];
  return [...new Set(sorted.map(({ address }) => address))];
}

/** One interval for all servers: the shortest that is asked for. */
function pollLines(servers: readonly NtpServer[]): readonly string[] {
  const shortest = (polls: readonly (number | null)[]) => {
    const asked = polls.filter((poll) => poll !== null);
    return asked.length === 0 ? null : 2 ** Math.min(...asked);
  };
  const min = shortest(servers.map(({ minpoll }) => minpoll));
  const max = shortest(servers.map(({ maxpoll }) => maxpoll));
  return [
    ...(min === null ? [] : [`PollIntervalMinSec=${min}`]),
    ...(max === null ? [] : [`PollIntervalMaxSec=${max}`]),
  ];
}

/** timesyncd.conf(5): the intervals since systemd 236, and not below 16 s. */
function unusableServer({ ntpServers }: Settings, { init }: System): string | null {
  const systemdVersion = init.kind === 'systemd' ? init.version : 0;
  const nts = ntpServers.find((server) => server.nts);
  if (nts !== undefined) return `${nts.address} is asked for with NTS, which systemd-timesyncd does not know.`;
  const key = ntpServers.find((server) => server.key !== null);
  if (key !== undefined) return `${key.address} is asked for with a key, which systemd-timesyncd does not know.`;
  const polls = ntpServers.flatMap(({ minpoll, maxpoll }) => [minpoll ?? [], maxpoll ?? []].flat());
  if (polls.some((poll) => poll < 4)) return 'systemd-timesyncd asks no more often than every 16 s (a poll of 4).';
  if (polls.length > 0 && systemdVersion < 236)
    return 'systemd-timesyncd before 236 has no setting for the poll interval.';
  return null;
}

/** It steps whenever the clock is wrong by more than 0.4 s, and slews below that: nothing can be set (timesyncd-manager.c). */
function observeSteps({ makestep }: Settings, isAsked: boolean): Observation[] {
  if (!isAsked || (makestep !== null && makestep.limit === -1)) return [];
  const asked = makestep === null ? 'no steps' : `steps in the first ${makestep.limit} updates only`;
  return [violation('timesyncd/steps', 'systemd-timesyncd steps above 0.4 s at any time', asked, [])];
}

/** Servers of DHCP are asked only when none of NTP= answers; only UseNTP= of the .network file takes them away. */
function observeDhcp(facts: Facts, { dhcpServers }: Settings, hasOwn: boolean): Observation[] {
  if (dhcpServers === 'keep' || !hasOwn) return [];
  if (facts.dhcpServers.value === null) {
    const detail = `Whether DHCP gave servers is not known: ${facts.dhcpServers.reason}.`;
    return [unknown('sources/dhcp', problem('policy/not-read', detail))];
  }
  const leases = facts.dhcpServers.value.filter(({ path }) => isBelow('/run/systemd/netif', path));
  if (leases.length === 0) return [inSync('sources/dhcp')];
  const seen = leases.map(({ path, servers }) => evidence(path, `NTP=${servers.join(' ')}`));
  return [
    violation('sources/dhcp', 'servers of DHCP come after those of NTP=', 'UseNTP=no in the .network file', seen),
  ];
}

/** A drop-in whose name comes after ours would add its servers to ours. */
function lastWord({ foreign }: TimesyncdConfig): Problem | null {
  const first = foreign.find(({ file, line }) => file.afterOurs && line.directive === 'NTP' && !line.disabled);
  if (first === undefined) return null;
  const { where, text } = lineEvidence(first);
  return problem('policy/edit-refused', `${where} says "${text}" and is read after ${OWN_DROP_IN}.`);
}

function checksOf(settings: Settings, { row }: Taken, { init }: System): Check[] {
  const systemdVersion = init.kind === 'systemd' ? init.version : 0;
  const names = row.servers === 'playbook' ? byPreference(settings.ntpServers) : null;
  return [
    { kind: 'selected-source', anyOf: row.selected, names, because: 'sources/selected' },
    // It tells its offset by `timedatectl timesync-status`, since systemd 239.
    ...(systemdVersion < 239
      ? []
      : [
          {
            kind: 'daemon-offset',
            limitSeconds: settings.limits.daemonOffsetSeconds,
            because: 'clock/daemon-offset',
          } as const,
        ]),
  ];
}
