import { judge } from '#checks/judge.js';
import type { Verdict } from '#checks/verdict.js';
import type { Problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import { decidePolicy } from '#policy/decide-policy.js';
import type { NewServer, Policy, Wanted } from '#policy/policy.js';
import { compareResource } from '#resources/compare.js';
import type { Change, RuleId } from '#resources/resource.js';
import { ruleOf } from '#rules/rules.js';
import { sentenceOf } from '#rules/sentence-of.js';
import type { ResolvedSettings } from '#settings/settings.js';
import { waiverReason } from '#settings/waivers.js';
import { deriveActions } from './derive-actions.js';
import { foldKeyOf, planDigestOf } from './digests.js';
import { judgeStep, judgeStepHazard, stepTooLarge } from './judge-step.js';
import type { Evidence, Finding, HostPlan } from './plan.js';
import { refuseChange } from './refuse-change.js';

export interface AssessInput {
  readonly host: string;
  readonly facts: Facts;
  readonly settings: ResolvedSettings;
  readonly snapshotDigest: string;
  /** ISO date, for waivers that expire. */
  readonly today: string;
}

/** Facts and settings to findings, changes and actions. Pure: the same input gives the same plan, byte for byte. */
export function assess({ host, facts, settings: resolved, snapshotDigest, today }: AssessInput): HostPlan {
  const { settings } = resolved;
  const waived = (rule: RuleId) => waiverReason(settings.waivers, rule, today);
  const isWaived = (rule: RuleId) => waived(rule) !== null;
  const policy = decidePolicy(resolved, facts, isWaived);
  const compared = policy.wanted.map((wanted) => compareWanted(wanted, facts, settings.protectedNames, isWaived));
  const possible = compared.flatMap((one) => (one.change === null ? [] : [one.change]));
  const step = judgeStep(facts, settings.maxStepSeconds, deriveActions(possible, facts));
  const isStepTooLarge = step.some((one) => one.verdict.status !== 'in-sync') && !isWaived('clock/step');
  const withheld =
    policy.withheld ??
    compared.find((one) => one.problem !== null)?.problem ??
    (isStepTooLarge ? stepTooLarge(facts, settings.maxStepSeconds) : null);
  const changes = withheld === null ? possible : [];
  const actions = deriveActions(changes, facts);
  const findings = [
    ...compared.flatMap((one) => one.findings),
    ...policy.observations,
    ...step,
    ...judgeStepHazard(facts, settings, actions),
    ...policy.checks.map((check) => ({ rule: check.because, ...judge(check, facts) })),
  ].map((raw) => toFinding(raw, waived(raw.rule)));
  return {
    host,
    strategy: strategyOf(policy, withheld),
    snapshotDigest,
    findings,
    changes,
    actions,
    packages: policy.packages,
    refused: withheld,
    newServers: changes.length === 0 ? [] : policy.servers.filter(isNew(findings)).map(({ address }) => address),
    planDigest: planDigestOf({ host, changes, actions, packages: policy.packages }),
    foldKey: foldKeyOf({ changes, actions, packages: policy.packages }),
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

function compareWanted(
  { resource, reasons }: Wanted,
  facts: Facts,
  protectedNames: readonly string[],
  isWaived: (rule: RuleId) => boolean,
): Compared {
  const result = compareResource(resource, facts);
  const found = (verdict: AnyVerdict) => reasons.map(({ rule, evidence }) => ({ rule, verdict, evidence }));
  switch (result.status) {
    case 'in-sync':
      return { findings: found(result), change: null, problem: null };
    case 'unknown':
      return { findings: found(result), change: null, problem: isWaived(resource.because) ? null : result.problem };
    case 'drift': {
      if (isWaived(resource.because)) return { findings: found(result), change: null, problem: null };
      const refused = refuseChange(result.change, facts, protectedNames);
      if (refused === null) return { findings: found(result), change: result.change, problem: null };
      return { findings: found({ status: 'unknown', problem: refused }), change: null, problem: refused };
    }
  }
}

function toFinding({ rule, verdict, evidence }: RawFinding, waived: string | null): Finding {
  const { severity, source } = ruleOf(rule);
  return { rule, severity, sentence: sentenceOf(rule, verdict, evidence), evidence, source, waived, ...verdict };
}

/** Its rule leads to a change that no waiver keeps from being made. */
function isNew(findings: readonly Finding[]) {
  const changing = new Set(
    findings.flatMap((one) => (one.status === 'drift' && one.waived === null ? [one.rule] : [])),
  );
  return ({ rule }: NewServer) => changing.has(rule);
}

function strategyOf({ strategy }: Policy, withheld: Problem | null): HostPlan['strategy'] {
  if (withheld === null || strategy.reason === withheld.detail) return strategy;
  return { ...strategy, reason: `${strategy.reason} Nothing is changed: ${withheld.summary}. ${withheld.detail}` };
}
