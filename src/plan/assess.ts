import { judge } from '#checks/judge.js';
import type { Verdict } from '#checks/verdict.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { decidePolicy } from '#policy/decide-policy.js';
import type { Policy, Wanted } from '#policy/policy.js';
import { ruleOf } from '#policy/rules.js';
import type { ResolvedSettings } from '#policy/settings.js';
import { waiverReason } from '#policy/waivers.js';
import { compareResource } from '#resources/compare.js';
import type { Change, RuleId } from '#resources/resource.js';
import { actionContext } from './action-context.js';
import { deriveActions } from './derive-actions.js';
import { foldKeyOf, planDigestOf } from './digests.js';
import type { Evidence, Finding, HostPlan } from './plan.js';

export interface AssessInput {
  readonly host: string;
  readonly facts: Facts;
  readonly settings: ResolvedSettings;
  readonly snapshotDigest: string;
  /** ISO date, for waivers that expire. */
  readonly today: string;
}

/** Facts and settings to findings, changes and actions. Pure: the same input gives the same plan, byte for byte. */
export function assess({ host, facts, settings: { settings }, snapshotDigest, today }: AssessInput): HostPlan {
  const waived = (rule: RuleId) => waiverReason(settings.waivers, rule, today);
  const policy = decidePolicy(settings, facts, (rule) => waived(rule) !== null);
  const compared = policy.wanted.map((wanted) => compareWanted(wanted, facts, settings.protectedNames));
  const withheld = policy.withheld ?? compared.find((one) => one.problem !== null)?.problem ?? null;
  const changes = withheld === null ? compared.flatMap((one) => (one.change === null ? [] : [one.change])) : [];
  const actions = deriveActions(changes, actionContext(facts));
  const findings = [
    ...compared.flatMap((one) => one.findings),
    ...policy.observations.map((one) => ({ rule: one.rule, verdict: one.verdict, evidence: one.evidence })),
    ...policy.checks.map((check) => ({ rule: check.because, ...judge(check, facts) })),
  ].map((raw) => toFinding(raw, waived(raw.rule)));
  return {
    host,
    strategy: strategyOf(policy, withheld),
    snapshotDigest,
    findings,
    changes,
    actions,
    planDigest: planDigestOf(host, changes, actions),
    foldKey: foldKeyOf(changes, actions),
  };
}

type AnyVerdict = Verdict | { readonly status: 'drift'; readonly change: Change };

interface RawFinding {
  readonly rule: RuleId;
  readonly verdict: AnyVerdict;
  readonly evidence: readonly Evidence[];
}

interface Compared {
  readonly findings: readonly RawFinding[];
  readonly change: Change | null;
  readonly problem: Problem | null;
}

function compareWanted({ resource, reasons }: Wanted, facts: Facts, protectedNames: readonly string[]): Compared {
  const result = compareResource(resource, facts);
  const found = (verdict: AnyVerdict) => reasons.map(({ rule, evidence }) => ({ rule, verdict, evidence }));
  switch (result.status) {
    case 'in-sync':
      return { findings: found(result), change: null, problem: null };
    case 'unknown':
      return { findings: found(result), change: null, problem: result.problem };
    case 'drift': {
      if (!protectedNames.includes(resource.name))
        return { findings: found(result), change: result.change, problem: null };
      const refused = problem('policy/protected', `${resource.name} would change, and the playbook protects it.`);
      return { findings: found({ status: 'unknown', problem: refused }), change: null, problem: refused };
    }
  }
}

function toFinding({ rule, verdict, evidence }: RawFinding, waived: string | null): Finding {
  const { severity, sentence, source } = ruleOf(rule);
  return { rule, severity, sentence, evidence, source, waived, ...verdict };
}

function strategyOf({ strategy }: Policy, withheld: Problem | null): HostPlan['strategy'] {
  if (withheld === null || strategy.reason === withheld.detail) return strategy;
  return { ...strategy, reason: `${strategy.reason} Nothing is changed: ${withheld.summary}. ${withheld.detail}` };
}
