import type { JsonObject } from '#resources/json-object.js';
import { KIND_NAMES, kindOf } from '#resources/kinds.js';
import type { Action, Change, ChangeId } from '#resources/resource.js';
import type { Conflict, Finding, HostPlan } from './plan.js';
import { readPackagePlan } from './read-package-plan.js';

/**
 * A plan as `JSON.stringify` can write it: the one form of plan files, of events and of `--json`, and a promise (docs/reference/json-output.md).
 * A finding whose change is one of the plan's names it by `changeId` instead of repeating it.
 */
export function planToJson(plan: HostPlan) {
  const { conflicts, ...rest } = plan;
  const changes = new Set(plan.changes);
  return {
    ...rest,
    findings: plan.findings.map((finding) => findingToJson(finding, changes)),
    changes: plan.changes.map(changeToJson),
    ...(conflicts && {
      conflicts: conflicts.map(({ ofRun, since }) => ({ ofRun: changeToJson(ofRun), since: changeToJson(since) })),
    }),
  };
}

function findingToJson(finding: Finding, changes: ReadonlySet<Change>): unknown {
  if (finding.status !== 'drift') return finding;
  const { change, ...rest } = finding;
  return changes.has(change) ? { ...rest, changeId: change.id } : { ...rest, change: changeToJson(change) };
}

function changeToJson(change: Change): unknown {
  const { toJson } = kindOf(change);
  const { before, after } = change;
  return { ...change, before: before && toJson(before), after: after && toJson(after) };
}

/** The plan that `planToJson` gave. Throws the error of the JSON's source, with the place of what is wrong. Keys that no plan has are dropped. */
export function planFromJson(json: JsonObject): HostPlan {
  const changes = json.objects('changes').map(changeFromJson);
  if (new Set(changes.map(({ id }) => id)).size < changes.length)
    throw json.wrong('changes', 'a list of changes with one id each');
  const strategy = json.object('strategy');
  return {
    host: json.string('host'),
    strategy: { asked: strategy.string('asked'), taken: strategy.string('taken'), reason: strategy.string('reason') },
    snapshotDigest: json.string('snapshotDigest'),
    findings: json.objects('findings').map((finding) => findingFromJson(finding, changes)),
    changes,
    ...(json.has('conflicts') ? { conflicts: json.objects('conflicts').map(conflictFromJson) } : {}),
    actions: json.objects('actions').map(actionFromJson),
    // these three are not in what older versions wrote
    packages: json.has('packages') ? readPackagePlan(json.nullable('packages')) : null,
    refused: json.has('refused') && json.nullable('refused') !== null ? problemFromJson(json.object('refused')) : null,
    newServers: json.has('newServers') ? json.strings('newServers') : [],
    planDigest: json.string('planDigest'),
    foldKey: json.string('foldKey'),
  };
}

function changeFromJson(json: JsonObject): Change {
  const kind = json.oneOf('kind', KIND_NAMES);
  const name = json.string('name');
  const id: ChangeId = `${kind}:${name}`;
  if (json.string('id') !== id) throw json.wrong('id', id);
  const { fromJson, wrongPlace } = kindOf({ kind });
  const [before, after] = [json.nullable('before'), json.nullable('after')];
  const states = { before: before && fromJson(before), after: after && fromJson(after) };
  if (json.source.untrusted && wrongPlace({ name, ...states }) !== null)
    throw json.wrong('name', 'a place that tsync may write');
  const restart = json.has('restart') ? { restart: json.string('restart') } : {};
  return { id, kind, name, because: json.string('because'), ...states, ...restart } as Change;
}

function conflictFromJson(json: JsonObject): Conflict {
  return { ofRun: changeFromJson(json.object('ofRun')), since: changeFromJson(json.object('since')) };
}

function actionFromJson(json: JsonObject): Action {
  return {
    kind: json.oneOf('kind', ACTION_KINDS),
    name: json.string('name'),
    after: json.strings('after'),
    withoutSyncSeconds: json.number('withoutSyncSeconds'),
    mayStep: json.boolean('mayStep'),
  };
}

const ACTION_KINDS = [
  'restart',
  'reload-sources',
  'daemon-reload',
  'udev-trigger',
] as const satisfies readonly Action['kind'][];

function findingFromJson(json: JsonObject, changes: readonly Change[]): Finding {
  const base = {
    rule: json.string('rule'),
    severity: json.oneOf('severity', ['info', 'low', 'medium', 'high', 'critical']),
    sentence: json.string('sentence'),
    evidence: json.objects('evidence').map((one) => ({ where: one.string('where'), text: one.string('text') })),
    source: json.string('source'),
    waived: json.nullableString('waived'),
  };
  const status = json.oneOf('status', ['in-sync', 'drift', 'violation', 'unknown']);
  switch (status) {
    case 'in-sync':
      return { ...base, status };
    case 'drift':
      return { ...base, status, change: changeOfFinding(json, changes) };
    case 'violation':
      return {
        ...base,
        status,
        measured: measurementFromJson(json.object('measured')),
        limit: measurementFromJson(json.object('limit')),
      };
    case 'unknown':
      return { ...base, status, problem: problemFromJson(json.object('problem')) };
  }
}

function changeOfFinding(json: JsonObject, changes: readonly Change[]): Change {
  if (!json.has('changeId')) return changeFromJson(json.object('change'));
  const id = json.string('changeId');
  const change = changes.find((one) => one.id === id);
  if (change === undefined) throw json.wrong('changeId', 'the id of a change of this plan');
  return change;
}

function measurementFromJson(json: JsonObject) {
  return { value: json.numberOrString('value'), unit: json.string('unit'), bound: json.nullableNumber('bound') };
}

function problemFromJson(json: JsonObject) {
  return {
    code: json.problemCode('code'),
    summary: json.string('summary'),
    detail: json.string('detail'),
    hint: json.string('hint'),
  };
}
