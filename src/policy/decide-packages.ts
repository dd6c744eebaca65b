import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { PackagePlan } from '#packages/package-plan.js';
import { evidence } from '#rules/evidence.js';
import type { Observation } from '#rules/observation.js';
import { inSync, unknown, violation } from '#rules/observe.js';
import type { Settings } from '#settings/settings.js';
import { isClockMissing } from './ptp-offer.js';
import { STRATEGY_ROWS } from './strategies.js';

/** What is said about chrony's package; `plan` is null where nothing is to be installed, or nothing can be. */
export interface PackagesDecision {
  readonly plan: PackagePlan | null;
  readonly observations: readonly Observation[];
}

/**
 * Whether chrony must be installed, or what was broken off be finished, and what to ask of the host's package manager. `isMissing`:
 * chrony is not, or not wholly, installed, and nothing else keeps tsync from setting this host.
 */
export function decidePackages(settings: Settings, facts: Facts, isMissing: boolean): PackagesDecision {
  const half = halfInstalled(facts);
  const needed = isMissing ? whyChrony(settings, facts) : null;
  if (half.length === 0 && needed === null) return { plan: null, observations: [] };
  const reason = half.length === 0 ? (needed ?? '') : `An installation was broken off and left ${half.join(', ')}.`;
  const cannot = whyNot(facts);
  if (cannot !== null) return { plan: null, observations: [unknown(RULE, cannot)] };
  const manager = facts.packageManager.value;
  if (manager === null) return { plan: null, observations: [unknown(RULE, noManager(facts.packageManager.reason))] };
  const seen = half.length > 0 ? half.map((name) => evidence('package database', name)) : [evidence('needed', reason)];
  return {
    plan: {
      manager,
      when: 'before-changes',
      because: RULE,
      reason,
      requests: needed === null ? [] : [{ action: 'install', name: 'chrony', version: null }],
      unfinished: half,
      preview: null,
    },
    observations: [violation(RULE, half.length > 0 ? 'half installed' : 'not installed', 'installed', seen)],
  };
}

const RULE = 'packages/chrony';

/** The rule on a host whose chrony is there, where it is asked for: said so, because it was looked at. */
export function observeChronyPackage(settings: Settings, facts: Facts): Observation[] {
  return whyChrony(settings, facts) === null ? [] : [inSync(RULE)];
}

/** Why chrony must be there, in a sentence; null: the daemon that is there can do what is asked. `auto` installs nothing. */
export function whyChrony(settings: Settings, facts: Facts): string | null {
  const { strategy, daemon } = settings;
  if (strategy === 'host-only') return null;
  if (daemon === 'chrony') return 'The setting "daemon: chrony" asks for it.';
  if (strategy === 'auto') return null;
  const { phc } = STRATEGY_ROWS[strategy];
  if (phc !== 'removed' && phc !== 'left' && facts.ptp.value !== null && !isClockMissing(facts))
    return `The strategy ${strategy} needs it: no other daemon takes a PTP clock by its name.`;
  const isBare = facts.daemons.every((one) => one.installed.value === false);
  return isBare ? `The strategy ${strategy} needs a time daemon, and none is installed.` : null;
}

/** With its state where the package database tells it; what tsync itself began and did not end is among it. */
function halfInstalled(facts: Facts): string[] {
  const half = (facts.unfinishedPackages.value ?? []).map(
    ({ name, version, state }) => `${name} ${version} (${state})`,
  );
  const own = (facts.openPackageWork.value ?? []).map(
    ({ id, who, startedAt }) => `work ${id} of ${who}, begun ${startedAt}`,
  );
  return [...half, ...own].map((text) => printable(text));
}

function whyNot(facts: Facts): Problem | null {
  switch (facts.image.value) {
    case 'ostree':
      return problem(
        'packages/image',
        'This is an ostree system: layer the package with rpm-ostree, or put it into the image.',
      );
    case 'flatcar':
      return problem(
        'packages/image',
        'Flatcar has no packages: a newer release brings chrony, or a system extension does.',
      );
    case 'transactional':
      return problem(
        'packages/image',
        'Its root is read-only: transactional-update pkg install chrony, and a reboot, bring it.',
      );
    default:
      return null;
  }
}

function noManager(reason: string): Problem {
  return problem('packages/no-manager', printable(`${reason}.`));
}
