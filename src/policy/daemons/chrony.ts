import type { Check } from '#checks/check.js';
import { isAtLeast, SINCE } from '#config/chrony-version.js';
import type { ConfigReading } from '#config/daemon-config.js';
import { type FileEdit, findRejected } from '#config/find-rejected.js';
import { findOwnerMark } from '#config/ownership.js';
import type { ChronyConfig } from '#config/read-chrony-config.js';
import { serverLine } from '#config/server-line.js';
import { editableConfig } from '#config/untrusted.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { chooseCloudServer, isSmeared } from '#platforms/cloud-servers.js';
import type { RuleId } from '#resources/resource.js';
import { inSync, unknown } from '#rules/observe.js';
import type { ResolvedSettings, Settings } from '#settings/settings.js';
import { decideFiles } from '../chrony-files.js';
import { decideChronyOptions } from '../decide-chrony-options.js';
import { decideImplicit } from '../decide-hyperv.js';
import { decideRefclock, type RefclockDecision } from '../decide-refclock.js';
import { decideServers, type ServersDecision, serversAfter } from '../decide-servers.js';
import { decideOthers, decideUnit } from '../decide-services.js';
import { decideSteps } from '../decide-steps.js';
import { dropWaived } from '../drop-waived.js';
import type { FilesDecision } from '../edit-files.js';
import type { OwnLine } from '../line-decision.js';
import { judgeClockControl, observeLocalStratum } from '../observe-host.js';
import { findPtpOffer, type PtpOffer } from '../ptp-offer.js';
import { snippetPlace } from '../refclock.js';
import { refclockFiles } from '../refclock-files.js';
import type { Taken } from '../take-strategy.js';
import type { KeeperReading, Made } from './keeper.js';

/** chrony, with its configuration read as a whole. */
export function chronyKeeper(
  resolved: ResolvedSettings,
  facts: Facts,
  host: ChronyHost,
  reading: ConfigReading<ChronyConfig>,
): KeeperReading {
  const { settings } = resolved;
  const editable = editableConfig(host.daemon, reading);
  if (!editable.known) return { known: false, rule: 'chrony/readable', problem: editable.problem };
  const { config } = editable;
  const offer = findPtpOffer(facts, host);
  return {
    known: true,
    keeper: {
      offer,
      daemon: 'chrony',
      config,
      cloud: chooseCloudServer(facts, settings, config),
      observations: [inSync('chrony/readable'), observeLocalStratum(config)],
      clockControl: judgeClockControl(facts),
      refusal: unusableServer(settings, host),
      make: (taken, isWaived) => make(resolved, facts, host, config, { taken, offer }, isWaived),
      checks: (taken) => checksOf(settings, taken),
    },
  };
}

function make(
  { settings, origins }: ResolvedSettings,
  facts: Facts,
  host: ChronyHost,
  config: ChronyConfig,
  { taken, offer }: { readonly taken: Taken; readonly offer: PtpOffer },
  isWaived: (rule: RuleId) => boolean,
): Made {
  const servers = decideServers(config, taken.row, settings, {
    print: serverLine,
    cloud: taken.cloud,
    isDhcpAsked: (origins.dhcp_servers ?? 'default') !== 'default',
  });
  const refclock = decideRefclock(config, host, taken, offer);
  const usesPtp = refclock.refclock.by === 'ours' || refclock.refclock.by === 'image';
  const byPtp = usesPtp && taken.row.phc !== 'watched';
  const steps = decideSteps(config, settings, {
    byPtp,
    bySettings: (origins.makestep ?? 'default') !== 'default',
    smeared: followsSmeared(settings, facts, config, { taken, offer }),
  });
  const waived = dropWaived([refclock, steps, servers], isWaived);
  const files = decideFiles(
    config,
    waived.ops,
    [...snippetLine(config, host, refclock, isWaived), ...waived.own],
    settings,
  );
  const others = decideOthers(facts, host.unit);
  const unit = decideUnit(facts, host.unit);
  const implicit = decideImplicit(facts, false);
  const options = isWaived('chrony/no-clock-control') ? [] : decideChronyOptions(facts, host, settings);
  const pieces = [
    ...options,
    ...refclockFiles(facts, host, refclock.refclock),
    ...files.wanted,
    ...implicit.wanted.filter(isFile),
  ];
  const wanted = [...pieces, ...others.wanted, ...implicit.wanted.filter(isNoFile), ...unit.wanted];
  return {
    wanted,
    observations: [
      ...[servers, refclock, steps, others, unit, implicit].flatMap((one) => one.observations),
      ...waived.observations,
      ...files.refused.map((one) => unknown(one.rule, one.problem)),
      ...(config.files.some(({ file }) => findOwnerMark(file.bytes) !== null)
        ? []
        : [inSync('chrony/owned-elsewhere')]),
    ],
    withheld:
      findWithheld(files, servers, config) ??
      (isWaived('chrony/config-accepted') ? null : findRejected(facts, editsOf(files))),
  };
}

/** tsync's own choice of sources smears leap seconds; what an operator configured is only reported. */
function followsSmeared(
  settings: Settings,
  facts: Facts,
  config: ChronyConfig,
  { taken, offer }: { readonly taken: Taken; readonly offer: PtpOffer },
): boolean {
  const { row, cloud } = taken;
  if (offer.usable && offer.clock.smears === true && ['only', 'first', 'beside'].includes(row.phc)) return true;
  const isChosen = cloud !== null || row.servers === 'playbook';
  return isChosen && isSmeared(serversAfter(config, row.servers, settings, cloud), facts);
}

/** The directive that reads what the script makes: wanted with our refclock, kept where nothing is decided. */
function snippetLine(
  config: ChronyConfig,
  host: ChronyHost,
  decision: RefclockDecision,
  isWaived: (rule: RuleId) => boolean,
): OwnLine[] {
  const { directive } = snippetPlace(host);
  const isThere = config.files.some((file) =>
    file.lines.some((line) => (file.ours || line.ours) && line.text.trim() === directive),
  );
  const by = decision.refclock.by;
  const isWanted = by === 'ours' ? !isWaived('phc/configured') : by === 'left' && isThere;
  return isWanted ? [{ text: directive, rule: 'phc/configured' }] : [];
}

/** All or nothing: with one piece that may not be changed, none is. */
function findWithheld(files: FilesDecision, servers: ServersDecision, config: ChronyConfig): Problem | null {
  const refused = files.refused[0];
  if (refused !== undefined) return refused.problem;
  const mixed = servers.ops.find((op) => op.placed.line.directive === 'sourcedir' && op.placed.line.args.length > 1);
  if (mixed !== undefined) {
    const detail = `${mixed.placed.file.path}:${mixed.placed.index + 1} names the folder of DHCP together with others.`;
    return problem('policy/edit-refused', detail);
  }
  if (servers.leavesNone) {
    return problem('policy/no-source', `${config.main.path} would leave chronyd without any source of time.`);
  }
  return null;
}

function editsOf({ wanted }: FilesDecision): readonly FileEdit[] {
  return wanted.flatMap(({ resource }) =>
    resource.kind === 'file' ? [{ name: resource.name, after: resource.desired }] : [],
  );
}

function unusableServer(settings: Settings, host: ChronyHost): string | null {
  const nts = settings.ntpServers.find((server) => server.nts);
  if (nts === undefined || isAtLeast(host.version, SINCE.confdir)) return null;
  return `${nts.address} is asked for with NTS, which chrony knows from 4.0 on.`;
}

function checksOf(settings: Settings, { row }: Taken): Check[] {
  const { selected } = row;
  return [
    {
      kind: 'selected-source',
      anyOf: selected,
      names: null,
      because: selected.refclock && !selected.server ? 'phc/selected' : 'sources/selected',
    },
    { kind: 'daemon-offset', limitSeconds: settings.limits.daemonOffsetSeconds, because: 'clock/daemon-offset' },
    ...(row.phc === 'watched' ? [{ kind: 'watched-source', because: 'phc/watched' } as const] : []),
  ];
}

function isFile(one: Made['wanted'][number]): boolean {
  return one.resource.kind === 'file';
}

function isNoFile(one: Made['wanted'][number]): boolean {
  return one.resource.kind !== 'file';
}
