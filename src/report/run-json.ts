import { planToJson } from '#plan/plan-json.js';
import type { HostState, RunState } from '#run/run-state.js';
import { summarise } from '#run/summarise.js';
import { jsonText } from './json-text.js';

/** Version of the document that `runJson` gives: raised when a field changes its meaning or goes away. */
export const RUN_JSON_VERSION = 1;

/** A run as one JSON document with a line feed at its end: a promise, described in docs/reference/json-output.md. */
export function runJson(state: RunState): string {
  return `${jsonText(runDocument(state), 2)}\n`;
}

function runDocument(state: RunState) {
  const {
    run,
    kind,
    of,
    who,
    version,
    inventory,
    startedAt,
    finishedAt,
    interrupted,
    storeProblem,
    exitCode,
    operatorClock,
  } = state;
  return {
    schemaVersion: RUN_JSON_VERSION,
    run,
    kind,
    of,
    who,
    version,
    inventory,
    startedAt,
    finishedAt,
    interrupted,
    storeProblem,
    exitCode,
    operatorClock: { synchronised: operatorClock.synchronised, detail: operatorClock.detail },
    summary: summarise(state),
    hosts: [...state.hosts.values()].map(hostDocument),
  };
}

function hostDocument(host: HostState) {
  const {
    outcome,
    stage,
    summary,
    source,
    clock,
    verdict,
    transaction,
    packageWork,
    transactions,
    found,
    notes,
    problem,
    plan,
  } = host;
  return {
    host: host.host,
    outcome,
    stage,
    os: summary?.os ?? null,
    platform: summary?.platform ?? null,
    daemon: summary?.daemon ?? null,
    source: source ?? summary?.source ?? null,
    clock,
    transaction,
    packageWork,
    ...(transactions === null ? {} : { transactions }),
    ...(found.length === 0 ? {} : { found }),
    verdict,
    problem,
    notes,
    ...planDocument(plan),
  };
}

function planDocument(plan: HostState['plan']) {
  if (plan === null)
    return {
      strategy: null,
      findings: [],
      changes: [],
      actions: [],
      packages: null,
      planDigest: null,
      snapshotDigest: null,
    };
  const { strategy, findings, changes, conflicts, actions, packages, planDigest, snapshotDigest } = planToJson(plan);
  const refused = conflicts ? { conflicts } : {};
  return { strategy, findings, changes, ...refused, actions, packages, planDigest, snapshotDigest };
}
