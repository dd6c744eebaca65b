import { problem } from '#errors/problem.js';
import { kindOf } from '#resources/kinds.js';
import { ruleOf } from '#rules/rules.js';
import type { Policy, Wanted } from './policy.js';

/**
 * A policy for a tree that does not run: what it will boot with is set, nothing is started, stopped or measured, and what only
 * a running system could answer is no finding.
 */
export function imagePolicy(policy: Policy): Policy {
  return {
    ...policy,
    wanted: policy.wanted.filter(({ resource }) => kindOf(resource).image !== null).map(notRunning),
    observations: policy.observations.filter(
      ({ rule, verdict }) => !(verdict.status === 'unknown' && ruleOf(rule).needsRunning === true),
    ),
    checks: [],
    packages: null,
    withheld: policy.packages === null ? policy.withheld : problem('policy/out-of-scope', PACKAGES_FIRST),
  };
}

const PACKAGES_FIRST =
  'chrony is not installed in the image. Packages of an image are the business of what builds it: add chrony there.';

function notRunning(one: Wanted): Wanted {
  const { resource } = one;
  if (resource.kind !== 'service' || resource.desired === null) return one;
  return { ...one, resource: { ...resource, desired: { ...resource.desired, active: false } } };
}
