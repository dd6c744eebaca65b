import type { Check } from '#checks/check.js';
import { parseLine } from '#config/config-line.js';
import type { ConfigReading, MainConfig } from '#config/daemon-config.js';
import type { KeptDaemon } from '#config/kept-daemon.js';
import { readNtpWords } from '#config/ntp-config.js';
import { ntpServerLine } from '#config/ntp-server-line.js';
import { foreignValue } from '#config/ntp-values.js';
import { isNtpAtLeast, NTP_SINCE, parseNtpVersion } from '#config/ntp-version.js';
import { readNtpConfig } from '#config/read-ntp-config.js';
import { isServerLine } from '#config/server-line.js';
import { editableConfig } from '#config/untrusted.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { chooseCloudServer } from '#platforms/cloud-servers.js';
import type { RuleId } from '#resources/resource.js';
import { inSync, unknown } from '#rules/observe.js';
import type { ResolvedSettings, Settings } from '#settings/settings.js';
import { decideImplicit } from '../decide-hyperv.js';
import { decideDhcp } from '../decide-ntp-dhcp.js';
import { decideNtpControl, decideNtpTuning, type NtpControl } from '../decide-ntp-tuning.js';
import { decideServers, type ServersDecision } from '../decide-servers.js';
import { decideOthers, decideUnit } from '../decide-services.js';
import { dropWaived } from '../drop-waived.js';
import { editFiles, type FilesDecision } from '../edit-files.js';
import type { Decision } from '../line-decision.js';
import { offerWithoutChrony } from '../ptp-offer.js';
import type { Taken } from '../take-strategy.js';
import type { KeeperReading, Made } from './keeper.js';

type Version = readonly [number, number, number];

/** ntpd of ntp.org or ntpsec, with its configuration read as a whole. */
export function ntpdKeeper(
  resolved: ResolvedSettings,
  facts: Facts,
  daemon: KeptDaemon,
  asItRuns: ConfigReading<MainConfig>,
): KeeperReading {
  const { settings } = resolved;
  const version = daemon.version.value === null ? null : parseNtpVersion(daemon.version.value);
  if (version === null || !isNtpAtLeast(version, NTP_SINCE[daemon.name === 'ntpsec' ? 'ntpsec' : 'ntpd'])) {
    const detail = `The version of ${daemon.name}, "${daemon.version.value ?? 'unknown'}", is not one that is known.`;
    return { known: false, rule: 'host/supported', problem: problem('policy/out-of-scope', detail) };
  }
  const dhcp = decideDhcp(facts, daemon, settings);
  const reading = dhcp.daemon === daemon ? asItRuns : readNtpConfig(facts, dhcp.daemon);
  const editable = editableConfig(daemon, reading);
  if (!editable.known) return { known: false, rule: 'ntpd/readable', problem: editable.problem };
  const { config } = editable;
  const control = decideNtpControl(config);
  return {
    known: true,
    keeper: {
      offer: offerWithoutChrony(facts, daemon.name),
      daemon: daemon.name,
      config,
      cloud: chooseCloudServer(facts, settings, config),
      observations: [inSync('ntpd/readable')],
      clockControl: control,
      refusal: unusableServer(settings, daemon, version, config),
      make: (taken, isWaived) => make({ resolved, facts, daemon, version, config, taken, isWaived, control, dhcp }),
      checks: (taken) => checksOf(settings, taken),
    },
  };
}

interface MakeInput {
  readonly resolved: ResolvedSettings;
  readonly facts: Facts;
  readonly daemon: KeptDaemon;
  readonly version: Version;
  readonly config: MainConfig;
  readonly taken: Taken;
  readonly isWaived: (rule: RuleId) => boolean;
  readonly control: NtpControl;
  readonly dhcp: ReturnType<typeof decideDhcp>;
}

function make({ resolved, facts, daemon, version, config, taken, isWaived, control, dhcp }: MakeInput): Made {
  const { settings, origins } = resolved;
  const servers = decideServers(config, taken.row, settings, {
    print: ntpServerLine,
    cloud: taken.cloud,
    isDhcpAsked: false,
  });
  const tuning = decideNtpTuning({
    facts,
    settings,
    config,
    sources: sourcesAfter(config, servers),
    stepsAsked: (origins.makestep ?? 'default') !== 'default',
    commandLine: daemon.commandLine,
    refusesPoolUnderNopeer: daemon.name === 'ntpd',
    knowsRestrictSource: daemon.name === 'ntpsec' || isNtpAtLeast(version, NTP_SINCE.restrictSource),
  });
  const waived = dropWaived([control, servers, tuning], isWaived);
  const files = editFiles(config, waived.ops, waived.own, settings, NTPD_RULES);
  const others = decideOthers(facts, daemon.unit);
  const unit = decideUnit(facts, daemon.unit);
  const implicit = decideImplicit(facts, false);
  const ignoresDhcp = taken.row.servers === 'playbook' ? dhcp.wanted : [];
  return {
    wanted: [...ignoresDhcp, ...files.wanted, ...others.wanted, ...implicit.wanted, ...unit.wanted],
    observations: [
      ...[servers, tuning, others, unit, implicit].flatMap((one) => one.observations),
      ...waived.observations,
      ...files.refused.map((one) => unknown(one.rule, one.problem)),
    ],
    withheld: findWithheld(files, servers, config, waived) ?? dhcp.problem,
  };
}

const NTPD_RULES = { readable: 'ntpd/readable', owned: 'ntpd/owned-elsewhere' } as const;

/** The lines with sources as they will be: ours, foreign ones that stay or come back, and refclocks. */
function sourcesAfter(config: MainConfig, servers: Decision) {
  const own = servers.own.map(({ text }) => parseLine(text, readNtpWords));
  const ops = new Map(servers.ops.toReversed().map(({ placed, op }) => [placed, op]));
  const foreign = config.foreign.flatMap((placed) => {
    const { line } = placed;
    const op = ops.get(placed);
    const counts = op === undefined ? !line.disabled : op === 'enable';
    return counts && (isServerLine(line) || line.directive === 'refclock') ? [line] : [];
  });
  return [...own, ...foreign];
}

/** All or nothing: with one piece that may not be changed, none is. */
function findWithheld(
  files: FilesDecision,
  servers: ServersDecision,
  config: MainConfig,
  { own }: Decision,
): Problem | null {
  const refused = files.refused[0];
  if (refused !== undefined) return refused.problem;
  if (servers.leavesNone) {
    return problem('policy/no-source', `${config.main.path} would leave ntpd without any source of time.`);
  }
  for (const { text } of own) {
    const [directive, key] = readNtpWords(text);
    if (directive !== 'tinker' && directive !== 'tos') continue;
    const other = foreignValue(config, directive, key ?? '');
    if (!other?.placed.file.afterOurs) continue;
    const { file, index } = other.placed;
    return problem('policy/edit-refused', `${file.path}:${index + 1} would have the last word about ${key}.`);
  }
  return null;
}

function unusableServer(
  { ntpServers }: Settings,
  { name }: KeptDaemon,
  version: Version,
  config: MainConfig,
): string | null {
  const nts = ntpServers.find((server) => server.nts);
  if (nts !== undefined && (name !== 'ntpsec' || !isNtpAtLeast(version, NTP_SINCE.nts)))
    return `${nts.address} is asked for with NTS, which ntpsec knows from 1.2.0 on, and ntpd never.`;
  const poll = ntpServers.find(({ minpoll, maxpoll }) => isOdd(minpoll) || isOdd(maxpoll));
  if (poll !== undefined)
    return `${poll.address} is asked for with a poll interval that ${name} does not know (3 to 17).`;
  const key = ntpServers.find((server) => server.key !== null);
  const hasKeys = [...config.foreign.map(({ line }) => line), ...config.own].some(
    ({ directive, disabled }) => directive === 'keys' && !disabled,
  );
  return key === undefined || hasKeys ? null : `${key.address} is asked for with a key, and ${name} has no key file.`;
}

/** ntp.conf(5): minpoll from 3, maxpoll to 17. */
function isOdd(poll: number | null): boolean {
  return poll !== null && (poll < 3 || poll > 17);
}

function checksOf(settings: Settings, { row }: Taken): Check[] {
  return [
    {
      kind: 'selected-source',
      anyOf: row.selected,
      names: null,
      because: 'sources/selected',
    },
    { kind: 'daemon-offset', limitSeconds: settings.limits.daemonOffsetSeconds, because: 'clock/daemon-offset' },
  ];
}
