import type { Check } from '#checks/check.js';
import { type HostConfig, readConfig } from '#config/read-config.js';
import { isPlainAddress } from '#config/server-line.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { findSystem } from '#platforms/system-scope.js';
import type { RuleId } from '#resources/resource.js';
import { evidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, unknown, violation } from '#rules/observe.js';
import { observeRules } from '#rules/run-rules.js';
import { seenOf } from '#rules/seen.js';
import type { NtpServer, ResolvedSettings, Settings } from '#settings/settings.js';
import { chooseKeeper } from './choose-keeper.js';
import type { ClockControl, Keeper, Made } from './daemons/keeper.js';
import { type DriverDecision, decideAlways, decideImplicit, observePtpOffered } from './decide-hyperv.js';
import { decidePackages, observeChronyPackage, type PackagesDecision } from './decide-packages.js';
import { decideOthers } from './decide-services.js';
import { overlayUserFiles, withUserResources } from './decide-user-resources.js';
import { findForeign } from './find-foreign.js';
import { imagePolicy } from './image-policy.js';
import { findOpenTransaction, observeBootHook } from './observe-host.js';
import { observeOutside } from './observe-outside.js';
import type { NewServer, Policy, Wanted } from './policy.js';
import type { PtpOffer } from './ptp-offer.js';
import { STRATEGY_ROWS } from './strategies.js';
import { type Taken, takeStrategy } from './take-strategy.js';

/** What the settings mean for one host: pure, so that the same facts always give the same policy. */
export function decidePolicy(resolved: ResolvedSettings, facts: Facts, isWaived: (rule: RuleId) => boolean): Policy {
  const policy = decideAll(resolved, facts, isWaived);
  return facts.place === 'image' ? imagePolicy(policy) : policy;
}

function decideAll(resolved: ResolvedSettings, facts: Facts, isWaived: (rule: RuleId) => boolean): Policy {
  const { resources } = resolved.settings;
  if (resources.length === 0 || isWaived('playbook/resource')) return decideStrategy(resolved, facts, isWaived);
  const strategy = decideStrategy(resolved, overlayUserFiles(facts, resources), isWaived);
  return withUserResources(strategy, resolved, facts);
}

function decideStrategy(resolved: ResolvedSettings, facts: Facts, isWaived: (rule: RuleId) => boolean): Policy {
  const { settings } = resolved;
  const config = readConfig(facts);
  const found = findSystem(facts);
  if (!found.inside) {
    if (settings.strategy === 'host-only' && isDrivenByLis(facts)) return decideByLis(settings, facts, config);
    return outside(settings, facts, config, unknown('host/supported', found.problem), found.problem);
  }
  const choice = chooseKeeper(resolved, facts, config, found.system);
  const packages = isWaived('packages/chrony')
    ? NO_PACKAGES
    : decidePackages(settings, facts, !choice.known && choice.lacksChrony);
  if (!choice.known)
    return packagesFirst(outside(settings, facts, config, choice.observation, choice.problem), packages);
  if (packages.observations.length > 0) {
    const unfinished = problem('packages/unfinished', packages.plan?.reason ?? 'An installation was broken off.');
    return packagesFirst(outside(settings, facts, config, unknown('host/supported', unfinished), unfinished), packages);
  }
  return decideInside(settings, facts, config, choice.keeper, isWaived);
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

function outside(settings: Settings, facts: Facts, config: HostConfig, why: Observation, reason: Problem): Policy {
  return {
    strategy: { asked: settings.strategy, taken: 'none', reason: reason.detail },
    wanted: [],
    observations: [why, ...observeOutside(facts), ...observeRules(seenOf(facts, settings, config))],
    checks: baseChecks(settings),
    servers: [],
    packages: null,
    withheld: reason,
  };
}

function decideInside(
  settings: Settings,
  facts: Facts,
  read: HostConfig,
  keeper: Keeper,
  isWaived: (rule: RuleId) => boolean,
): Policy {
  const { offer, config, cloud } = keeper;
  const taken = takeStrategy({ settings, facts, offer, config, cloud, mayMix: isWaived('sources/smear') });
  const common = [
    inSync('host/supported'),
    ...keeper.observations,
    ...observeRules(seenOf(facts, settings, read, keeper.daemon)),
    ...(settings.daemon === 'chrony' ? observeChronyPackage(settings, facts) : []),
    ...(asksForPtp(settings) ? observePtpOffered(facts) : []),
  ];
  const open = findOpenTransaction(facts);
  const refusal = findRefusal(settings, keeper, taken);
  if (refusal !== null) {
    return {
      strategy: taken.strategy,
      wanted: [],
      observations: [...common, ...keeper.clockControl.observations, ...open.observations, refusal.observation],
      checks: baseChecks(settings),
      servers: [],
      packages: null,
      withheld: refusal.problem,
    };
  }
  const byDriver = taken.strategy.taken === 'host-only';
  const made = byDriver ? hostOnly(facts, decideImplicit(facts, true)) : keeper.make(taken, isWaived);
  const clockControl = byDriver ? NOT_ASKED : keeper.clockControl;
  const bootHook = observeBootHook(facts);
  const all = [...common, ...clockControl.observations, ...bootHook, ...open.observations, ...made.observations];
  const observations = withoutChanged(all, made.wanted);
  return {
    strategy: taken.strategy,
    wanted: made.wanted,
    observations: [...observations, ...(offerUnknown(offer, facts) ?? [])],
    checks: byDriver ? baseChecks(settings).slice(0, 1) : [...baseChecks(settings), ...keeper.checks(taken)],
    servers: serversToTry(settings, taken),
    packages: null,
    withheld:
      made.withheld ??
      findForeign(made.wanted, facts) ??
      open.problem ??
      cannotProve(clockControl, observations, isWaived) ??
      unguardedBoot(bootHook, facts, isWaived),
  };
}

/** What a change says with its before and after is not said a second time. */
function withoutChanged(observations: readonly Observation[], wanted: readonly Wanted[]): readonly Observation[] {
  const changed = new Set(wanted.flatMap(({ reasons }) => reasons.map(({ rule }) => rule)));
  return observations.filter(({ rule, verdict }) => !(changed.has(rule) && verdict.status === 'violation'));
}

/** The driver alone: every daemon off. */
function hostOnly(facts: Facts, driver: DriverDecision): Made {
  const others = decideOthers(facts, null);
  const isFile = ({ resource }: Made['wanted'][number]) => resource.kind === 'file';
  return {
    wanted: [...driver.wanted.filter(isFile), ...others.wanted, ...driver.wanted.filter((one) => !isFile(one))],
    observations: [...others.observations, ...driver.observations],
    withheld: null,
  };
}

/**
 * EL6 with Linux Integration Services from 4.2 on: the one system that is older than all that tsync sets, and whose driver can keep the
 * clock right by itself. Its services are scripts of sysv init, which its upstart runs.
 */
function isDrivenByLis({ os, init, hyperv }: Facts): boolean {
  const isEl6 = os.value?.family === 'rhel' && Number.parseInt(os.value.versionId, 10) === 6;
  const isKnown = init.value === 'upstart' || init.value === 'sysv';
  return isEl6 && isKnown && hyperv.parameters.value?.timesync_mode !== undefined;
}

function decideByLis(settings: Settings, facts: Facts, config: HostConfig): Policy {
  const made = hostOnly(facts, decideAlways(facts));
  const open = findOpenTransaction(facts);
  const observations = [...observeRules(seenOf(facts, settings, config)), ...open.observations, ...made.observations];
  return {
    strategy: {
      asked: settings.strategy,
      taken: 'host-only',
      reason: 'The driver of Linux Integration Services sets the clock with every sample of its host.',
    },
    wanted: made.wanted,
    observations: [inSync('host/supported'), ...withoutChanged(observations, made.wanted)],
    checks: baseChecks(settings).slice(0, 1),
    servers: [],
    packages: null,
    withheld: findForeign(made.wanted, facts) ?? open.problem,
  };
}

/** An option or address that this host or its daemon cannot take. */
function findRefusal(
  settings: Settings,
  keeper: Keeper,
  taken: Taken,
): { readonly problem: Problem; readonly observation: Observation } | null {
  const reason = taken.refused ?? unusableAddress(settings) ?? keeper.refusal;
  if (reason === null) return null;
  const found = problem('policy/strategy-impossible', printable(reason));
  const seen = [evidence('strategy', `${taken.strategy.asked}: ${reason}`)];
  return { problem: found, observation: violation('strategy/possible', 'not possible', taken.strategy.asked, seen) };
}

function unusableAddress(settings: Settings): string | null {
  const odd = settings.ntpServers.find((server) => !isPlainAddress(server.address));
  return odd === undefined ? null : `"${odd.address}" is no address or name of a server.`;
}

/** With a key or NTS a plain question may stay unanswered: that would prove nothing. */
function serversToTry({ ntpServers }: Settings, { cloud }: Taken): NewServer[] {
  const plain = (servers: readonly NtpServer[], rule: NewServer['rule']) =>
    servers.filter(({ key, nts }) => key === null && !nts).map(({ address }) => ({ address, rule }));
  return [...plain(ntpServers, 'sources/playbook-servers'), ...plain(cloud?.add ?? [], 'sources/cloud-endpoint')];
}

/** The PTP clocks could not be listed: never the same as having none. */
function offerUnknown(offer: PtpOffer, facts: Facts): Observation[] | null {
  if (offer.usable || facts.ptp.value !== null) return null;
  return [unknown('hyperv/ptp-offered', problem('policy/ptp-unknown', offer.reason))];
}

/** A daemon that does not set the clock cannot be proved to; nothing is changed there unless that is accepted, or the changes end it. */
function cannotProve(
  { observations, problem: found }: ClockControl,
  left: readonly Observation[],
  isWaived: (rule: RuleId) => boolean,
): Problem | null {
  return observations.some((one) => left.includes(one) && !isWaived(one.rule)) ? found : null;
}

/** The driver sets the clock, whatever a daemon that is stopped would do. */
const NOT_ASKED: ClockControl = { observations: [], problem: null };

/** Where a reboot would leave unconfirmed changes in place, that wants an approval of its own: a waiver. */
function unguardedBoot(
  observations: readonly Observation[],
  { init }: Facts,
  isWaived: (rule: RuleId) => boolean,
): Problem | null {
  if (observations.every(({ verdict }) => verdict.status === 'in-sync') || isWaived('guard/boot')) return null;
  return problem('policy/reboot-unguarded', `Its init, ${init.value}, has no place for what would take them back.`);
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
