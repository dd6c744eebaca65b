import type { Check } from '#checks/check.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { RuleId } from '#resources/resource.js';
import { decideFiles, type FilesDecision } from './chrony-files.js';
import { type ChronyHost, findScope } from './chrony-host.js';
import { type ChronyLayout, readLayout } from './chrony-layout.js';
import { isAtLeast, SINCE } from './chrony-version.js';
import { chooseCloudServer, isSmeared } from './cloud-servers.js';
import { decideImplicit, observePtpOffered } from './decide-hyperv.js';
import { decidePackages, observeChronyPackage, type PackagesDecision } from './decide-packages.js';
import { decideRefclock, type RefclockDecision } from './decide-refclock.js';
import { decideServers, serversAfter } from './decide-servers.js';
import { decideChronyUnit, decideOthers, wantStopped } from './decide-services.js';
import { decideSteps } from './decide-steps.js';
import { overlayUserFiles, withUserResources } from './decide-user-resources.js';
import type { Decision, OwnLine } from './line-decision.js';
import { evidence, inSync, unknown, violation } from './observe.js';
import { findOpenTransaction, observeClockControl, observeLocalStratum } from './observe-host.js';
import { observeOutside } from './observe-outside.js';
import { observeRules } from './observe-rules.js';
import { findOwnerMark } from './ownership.js';
import type { Observation, Policy, Wanted } from './policy.js';
import { findPtpOffer, type PtpOffer } from './ptp-offer.js';
import { snippetPlace } from './refclock.js';
import { refclockFiles } from './refclock-files.js';
import { isPlainAddress } from './server-line.js';
import type { ResolvedSettings, Settings } from './settings.js';
import { STRATEGY_ROWS } from './strategies.js';
import { type Taken, takeStrategy } from './take-strategy.js';

/** What the settings mean for one host: pure, so that the same facts always give the same policy. */
export function decidePolicy(resolved: ResolvedSettings, facts: Facts, isWaived: (rule: RuleId) => boolean): Policy {
  const { resources } = resolved.settings;
  if (resources.length === 0 || isWaived('playbook/resource')) return decideStrategy(resolved, facts, isWaived);
  const strategy = decideStrategy(resolved, overlayUserFiles(facts, resources), isWaived);
  return withUserResources(strategy, resolved, facts);
}

function decideStrategy(resolved: ResolvedSettings, facts: Facts, isWaived: (rule: RuleId) => boolean): Policy {
  const { settings } = resolved;
  const scope = findScope(facts);
  const isMissing = !scope.inside && scope.lacksChrony;
  const packages =
    (scope.inside || isMissing) && !isWaived('packages/chrony')
      ? decidePackages(settings, facts, isMissing)
      : NO_PACKAGES;
  if (!scope.inside) return packagesFirst(outside(settings, facts, scope.problem, 'host/supported'), packages);
  if (packages.observations.length > 0) {
    const detail = packages.plan?.reason ?? 'An installation was broken off.';
    return packagesFirst(outside(settings, facts, problem('packages/unfinished', detail), 'host/supported'), packages);
  }
  const reading = readLayout(facts, scope.host);
  if (!reading.known) return outside(settings, facts, reading.problem, 'chrony/readable');
  return decideInside(resolved, facts, scope.host, reading.layout, isWaived);
}

const NO_PACKAGES: PackagesDecision = { plan: null, observations: [] };

/** A host that is only waiting for a package: that is said in place of the reason for which nothing else is set. */
function packagesFirst(policy: Policy, { plan, observations }: PackagesDecision): Policy {
  if (observations.length === 0) return policy;
  const others =
    plan === null ? policy.observations : policy.observations.filter((one) => one.rule !== 'host/supported');
  const strategy = plan === null ? policy.strategy : { ...policy.strategy, reason: `${plan.reason} ${AFTERWARDS}` };
  return {
    ...policy,
    strategy,
    observations: [...observations, ...others],
    packages: plan,
    withheld: plan === null ? policy.withheld : null,
  };
}

const AFTERWARDS = 'What is set then is planned once it is installed.';

function outside(
  settings: Settings,
  facts: Facts,
  reason: Problem,
  rule: 'host/supported' | 'chrony/readable',
): Policy {
  return {
    strategy: { asked: settings.strategy, taken: 'none', reason: reason.detail },
    wanted: [],
    observations: [unknown(rule, reason), ...observeOutside(facts), ...observeRules(facts, settings, null)],
    checks: baseChecks(settings),
    packages: null,
    withheld: reason,
  };
}

function decideInside(
  resolved: ResolvedSettings,
  facts: Facts,
  host: ChronyHost,
  layout: ChronyLayout,
  isWaived: (rule: RuleId) => boolean,
): Policy {
  const { settings } = resolved;
  const offer = findPtpOffer(facts, host);
  const cloud = chooseCloudServer(facts, settings, layout);
  const taken = takeStrategy({ settings, facts, offer, layout, cloud, mayMix: isWaived('sources/smear') });
  const common = [
    inSync('host/supported'),
    inSync('chrony/readable'),
    observeLocalStratum(layout),
    ...observeRules(facts, settings, layout),
    ...(settings.daemon === 'chrony' ? observeChronyPackage(settings, facts) : []),
    ...(asksForPtp(settings) ? observePtpOffered(facts) : []),
  ];
  const open = findOpenTransaction(facts);
  const refusal = findRefusal(settings, host, taken);
  if (refusal !== null) {
    return {
      strategy: taken.strategy,
      wanted: [],
      observations: [...common, observeClockControl(facts), ...open.observations, refusal.observation],
      checks: baseChecks(settings),
      packages: null,
      withheld: refusal.problem,
    };
  }
  const made =
    taken.strategy.taken === 'host-only'
      ? hostOnly(facts, host)
      : chrony(resolved, facts, host, layout, { taken, offer }, isWaived);
  const clockControl = taken.strategy.taken === 'host-only' ? [] : [observeClockControl(facts)];
  const observations = [...common, ...clockControl, ...open.observations, ...made.observations];
  return {
    strategy: taken.strategy,
    wanted: made.wanted,
    observations: [...withoutChanged(observations, made.wanted), ...(offerUnknown(offer, facts) ?? [])],
    checks: checksOf(settings, taken),
    packages: null,
    withheld: made.withheld ?? open.problem ?? cannotProve(observations, isWaived),
  };
}

/** What a change says with its before and after is not said a second time. */
function withoutChanged(observations: readonly Observation[], wanted: readonly Wanted[]): readonly Observation[] {
  const changed = new Set(wanted.flatMap(({ reasons }) => reasons.map(({ rule }) => rule)));
  return observations.filter(({ rule, verdict }) => !(changed.has(rule) && verdict.status === 'violation'));
}

interface Made {
  readonly wanted: readonly Wanted[];
  readonly observations: readonly Observation[];
  readonly withheld: Problem | null;
}

/** The driver alone: every daemon off. */
function hostOnly(facts: Facts, host: ChronyHost): Made {
  const others = decideOthers(facts, null);
  const implicit = decideImplicit(facts, true);
  const isActive = host.daemon.active.value === true;
  return {
    wanted: [
      ...implicit.wanted.filter(isFile),
      ...others.wanted,
      wantStopped(host.unit, false, isActive),
      ...implicit.wanted.filter(isNoFile),
    ],
    observations: [...others.observations, ...implicit.observations],
    withheld: null,
  };
}

function chrony(
  { settings, origins }: ResolvedSettings,
  facts: Facts,
  host: ChronyHost,
  layout: ChronyLayout,
  { taken, offer }: { readonly taken: Taken; readonly offer: PtpOffer },
  isWaived: (rule: RuleId) => boolean,
): Made {
  const servers = decideServers(layout, taken.row, settings, {
    cloud: taken.cloud,
    isDhcpAsked: (origins.dhcp_servers ?? 'default') !== 'default',
  });
  const refclock = decideRefclock(layout, host, facts, taken, offer);
  const usesPtp = refclock.refclock.by === 'ours' || refclock.refclock.by === 'image';
  const byPtp = usesPtp && taken.row.phc !== 'watched';
  const steps = decideSteps(layout, settings, {
    byPtp,
    bySettings: (origins.makestep ?? 'default') !== 'default',
    smeared: followsSmeared(settings, facts, layout, { taken, offer }),
  });
  const waived = dropWaived([refclock, steps, servers], isWaived);
  const files = decideFiles(
    layout,
    waived.ops,
    [...snippetLine(layout, host, refclock, isWaived), ...waived.own],
    settings,
  );
  const others = decideOthers(facts, host.unit);
  const unit = decideChronyUnit(facts, host);
  const implicit = decideImplicit(facts, false);
  const pieces = [...refclockFiles(facts, host, refclock.refclock), ...files.wanted, ...implicit.wanted.filter(isFile)];
  const wanted = [...pieces, ...others.wanted, ...implicit.wanted.filter(isNoFile), ...unit.wanted];
  return {
    wanted,
    observations: [
      ...[servers, refclock, steps, others, unit, implicit].flatMap((one) => one.observations),
      ...waived.observations,
      ...files.refused.map((one) => unknown(one.rule, one.problem)),
      ...(layout.files.some(({ file }) => findOwnerMark(file.bytes) !== null)
        ? []
        : [inSync('chrony/owned-elsewhere')]),
    ],
    withheld: findWithheld(files, servers, layout),
  };
}

/** tsync's own choice of sources smears leap seconds; what an operator configured is only reported. */
function followsSmeared(
  settings: Settings,
  facts: Facts,
  layout: ChronyLayout,
  { taken, offer }: { readonly taken: Taken; readonly offer: PtpOffer },
): boolean {
  const { row, cloud } = taken;
  if (offer.usable && offer.clock.smears === true && ['only', 'first', 'beside'].includes(row.phc)) return true;
  const isChosen = cloud !== null || row.servers === 'playbook';
  return isChosen && isSmeared(serversAfter(layout, row.servers, settings, cloud), facts);
}

/** The directive that reads what the script makes: wanted with our refclock, kept where nothing is decided. */
function snippetLine(
  layout: ChronyLayout,
  host: ChronyHost,
  decision: RefclockDecision,
  isWaived: (rule: RuleId) => boolean,
): OwnLine[] {
  const { directive } = snippetPlace(host);
  const isThere = layout.files.some((file) =>
    file.lines.some((line) => (file.ours || line.ours) && line.text.trim() === directive),
  );
  const by = decision.refclock.by;
  const isWanted = by === 'ours' ? !isWaived('phc/configured') : by === 'left' && isThere;
  return isWanted ? [{ text: directive, rule: 'phc/configured' }] : [];
}

/** A waived rule changes nothing; what it would have changed is shown with the waiver. */
function dropWaived(decisions: readonly Decision[], isWaived: (rule: RuleId) => boolean): Decision {
  const ops = decisions.flatMap((one) => one.ops);
  const own = decisions.flatMap((one) => one.own);
  return {
    ops: ops.filter((op) => !isWaived(op.rule)),
    own: own.filter((line) => !isWaived(line.rule)),
    observations: [
      ...ops
        .filter((op) => isWaived(op.rule))
        .map((op) =>
          violation(op.rule, op.placed.line.text.trim(), op.op === 'disable' ? 'switched off' : 'switched on', []),
        ),
      ...own.filter((line) => isWaived(line.rule)).map((line) => violation(line.rule, 'not configured', line.text, [])),
    ],
  };
}

/** All or nothing: with one piece that may not be changed, none is. */
function findWithheld(files: FilesDecision, servers: Decision, layout: ChronyLayout): Problem | null {
  const refused = files.refused[0];
  if (refused !== undefined) return refused.problem;
  const mixed = servers.ops.find((op) => op.placed.line.directive === 'sourcedir' && op.placed.line.args.length > 1);
  if (mixed !== undefined) {
    const detail = `${mixed.placed.file.path}:${mixed.placed.index + 1} names the folder of DHCP together with others.`;
    return problem('policy/edit-refused', detail);
  }
  if (servers.observations.some((one) => one.rule === 'sources/none' && one.verdict.status === 'violation')) {
    return problem('policy/no-source', `${layout.main.path} would leave chronyd without any source of time.`);
  }
  return null;
}

/** An option or address that this host or chrony cannot take. */
function findRefusal(
  settings: Settings,
  host: ChronyHost,
  taken: Taken,
): { readonly problem: Problem; readonly observation: Observation } | null {
  const reason = taken.refused ?? unusableServer(settings, host);
  if (reason === null) return null;
  const found = problem('policy/strategy-impossible', printable(reason));
  const seen = [evidence('strategy', `${taken.strategy.asked}: ${reason}`)];
  return { problem: found, observation: violation('strategy/possible', 'not possible', taken.strategy.asked, seen) };
}

function unusableServer(settings: Settings, host: ChronyHost): string | null {
  const odd = settings.ntpServers.find((server) => !isPlainAddress(server.address));
  if (odd !== undefined) return `"${odd.address}" is no address or name of a server.`;
  const nts = settings.ntpServers.find((server) => server.nts);
  if (nts === undefined || isAtLeast(host.version, SINCE.confdir)) return null;
  return `${nts.address} is asked for with NTS, which chrony knows from 4.0 on.`;
}

/** The PTP clocks could not be listed: never the same as having none. */
function offerUnknown(offer: PtpOffer, facts: Facts): Observation[] | null {
  if (offer.usable || facts.ptp.value !== null) return null;
  return [unknown('hyperv/ptp-offered', problem('policy/ptp-unknown', offer.reason))];
}

/** A daemon that does not set the clock cannot be proved to; nothing is changed there unless that is accepted. */
function cannotProve(observations: readonly Observation[], isWaived: (rule: RuleId) => boolean): Problem | null {
  const found = observations.find(
    (one) => one.rule === 'chrony/no-clock-control' && one.verdict.status === 'violation',
  );
  if (found === undefined || isWaived(found.rule)) return null;
  return problem('policy/no-clock-control', `chronyd runs as "${found.evidence[0]?.text ?? ''}".`);
}

function asksForPtp({ strategy }: Settings): boolean {
  return strategy === 'auto' || !['removed', 'left'].includes(STRATEGY_ROWS[strategy].phc);
}

function baseChecks(settings: Settings): Check[] {
  return [
    { kind: 'clock-offset', limitSeconds: settings.limits.offsetSeconds, because: 'clock/offset' },
    { kind: 'synchronised', because: 'clock/synchronised' },
  ];
}

function checksOf(settings: Settings, taken: Taken): Check[] {
  const [offset, synchronised] = baseChecks(settings);
  if (offset === undefined || synchronised === undefined) return [];
  if (taken.strategy.taken === 'host-only') return [offset];
  const { selected } = taken.row;
  return [
    offset,
    synchronised,
    {
      kind: 'selected-source',
      anyOf: selected,
      because: selected.refclock && !selected.server ? 'phc/selected' : 'sources/selected',
    },
    { kind: 'daemon-offset', limitSeconds: settings.limits.daemonOffsetSeconds, because: 'clock/daemon-offset' },
    ...(taken.row.phc === 'watched' ? [{ kind: 'watched-source', because: 'phc/watched' } as const] : []),
  ];
}

function isFile(one: Wanted): boolean {
  return one.resource.kind === 'file';
}

function isNoFile(one: Wanted): boolean {
  return one.resource.kind !== 'file';
}
