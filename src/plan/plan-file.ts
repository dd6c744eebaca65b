import { createHash, createHmac } from 'node:crypto';
import { TsyncError } from '#errors/tsync-error.js';
import type { Action, Change, ChangeId, States } from '#resources/resource.js';
import { wrongPlace } from '#resources/wrong-place.js';
import { STRATEGIES } from '#settings/settings.js';
import { textToBytes } from '#snapshot/bytes.js';
import { canonicalJson, toBase64 } from './canonical-json.js';
import { foldKeyOf, planDigestOf } from './digests.js';
import { type JsonObject, JsonReader } from './json-reader.js';
import type { Finding, HostPlan } from './plan.js';
import { readPackagePlan } from './read-package-plan.js';

/** What `tsync plan -o FILE` keeps, and `tsync apply FILE` makes. */
export interface PlanFile {
  /** ISO 8601. */
  readonly createdAt: string;
  /** Of tsync. */
  readonly version: string;
  /** As it was named on the command line. */
  readonly inventory: string;
  /** Sha256 (hex) of its text. */
  readonly inventoryDigest: string;
  /** As it was named; null: none. Applying judges hosts by the same settings. */
  readonly playbook: string | null;
  readonly playbookDigest: string | null;
  /** Of the flag --strategy; null: none. */
  readonly strategy: string | null;
  readonly plans: readonly HostPlan[];
}

export const PLAN_SCHEMA_VERSION = 2;

/**
 * JSON with a line end. The same plan and key give the same text. The seal is over all that a reviewer saw: findings and evidence as
 * well as changes, and which inventory and playbook they were made from. Only who has `key` can make it.
 */
export function serialisePlan({ plans, ...head }: PlanFile, key: Uint8Array): string {
  const document = { schemaVersion: PLAN_SCHEMA_VERSION, kind: KIND, ...head, plans: plans.map(planToJson) };
  const sealed = { ...document, seal: { key: keyId(key), hmac: '' } };
  sealed.seal.hmac = hmacOf(JSON.parse(JSON.stringify(sealed)), key);
  return `${JSON.stringify(sealed, null, 1)}\n`;
}

/** Names a key and tells nothing of it. */
function keyId(key: Uint8Array): string {
  return createHash('sha256').update('tsync plan key').update(key).digest('hex').slice(0, 16);
}

/** Over everything in the document but the seal's own `hmac`. */
function hmacOf(document: { readonly [key: string]: unknown }, key: Uint8Array): string {
  const { seal, ...rest } = document;
  return createHmac('sha256', key).update(canonicalJson(rest)).digest('hex');
}

const KIND = 'tsync-plan';

/** Why a plan file is believed: it was sealed with this key, or its bytes have this sha256 (hex), which somebody vouches for. */
export interface PlanTrust {
  readonly key: Uint8Array | null;
  readonly sha256: string | null;
}

/**
 * Reads what `serialisePlan` wrote; `name` is the file's name for messages. Throws `TsyncError` (exit 65) for anything
 * else, for a plan that nobody vouches for, and for one whose digest no longer fits its changes: an approval binds to that.
 */
export function parsePlan(text: string, name: string, trust: PlanTrust): PlanFile {
  const root = new JsonReader(name).parse(text);
  if (root.string('kind') !== KIND) throw root.wrong('kind', KIND);
  if (root.number('schemaVersion') !== PLAN_SCHEMA_VERSION) {
    throw root.wrong('schemaVersion', `${PLAN_SCHEMA_VERSION}, the only one this tsync reads`);
  }
  refuseUntrusted(text, name, root, trust);
  const strategy = root.nullableString('strategy');
  if (strategy !== null && !STRATEGIES.some((one) => one === strategy)) throw root.wrong('strategy', 'a strategy');
  const plans = root.objects('plans').map((plan) => readPlan(plan, name));
  const hosts = new Set<string>();
  for (const { host } of plans) {
    if (hosts.has(host)) throw root.wrong('plans', `a list with one plan for each host: ${host} has two`);
    hosts.add(host);
  }
  return {
    createdAt: root.string('createdAt'),
    version: root.string('version'),
    inventory: root.string('inventory'),
    inventoryDigest: root.string('inventoryDigest'),
    playbook: root.nullableString('playbook'),
    playbookDigest: root.nullableString('playbookDigest'),
    strategy,
    plans,
  };
}

function refuseUntrusted(text: string, name: string, root: JsonObject, { key, sha256 }: PlanTrust): void {
  const refuse = (code: 'plan/file-tampered' | 'plan/not-made-here', detail: string) =>
    new TsyncError(code, `${name}: ${detail}`, { exitCode: 65 });
  if (sha256 !== null) {
    const own = createHash('sha256').update(text).digest('hex');
    if (own === sha256.toLowerCase()) return;
    throw refuse('plan/file-tampered', `its sha256 is ${own}, and not the one that was given.`);
  }
  const seal = root.object('seal');
  const [madeBy, hmac] = [seal.string('key'), seal.string('hmac')];
  if (key === null || madeBy !== keyId(key)) {
    throw refuse('plan/not-made-here', 'it is sealed with the key of another account or machine.');
  }
  if (hmac !== hmacOf(JSON.parse(text), key))
    throw refuse('plan/file-tampered', 'what is in it does not fit its seal.');
}

/** A finding names a change of its plan by `changeId`: what is shown is what the digest covers. */
function planToJson(plan: HostPlan): unknown {
  const ids = new Set(plan.changes.map(({ id }) => id));
  return {
    ...plan,
    findings: plan.findings.map((finding) => findingToJson(finding, ids)),
    changes: plan.changes.map(changeToJson),
  };
}

function findingToJson(finding: Finding, ids: ReadonlySet<ChangeId>): unknown {
  if (finding.status !== 'drift') return finding;
  const { change, ...rest } = finding;
  return ids.has(change.id) ? { ...rest, changeId: change.id } : { ...rest, change: changeToJson(change) };
}

function changeToJson(change: Change): unknown {
  if (change.kind !== 'file') return change;
  return { ...change, before: fileToJson(change.before), after: fileToJson(change.after) };
}

function fileToJson(state: States['file']): unknown {
  return state === null ? null : { ...state, bytes: toBase64(state.bytes) };
}

function readPlan(json: JsonObject, name: string): HostPlan {
  const host = json.string('host');
  const changes = json.objects('changes').map(readChange);
  const actions = json.objects('actions').map(readAction);
  const planDigest = json.string('planDigest');
  const foldKey = json.string('foldKey');
  const packages = json.has('packages') ? readPackagePlan(json.nullable('packages')) : null;
  const planned = { host, changes, actions, packages };
  if (planDigest !== planDigestOf(planned) || foldKey !== foldKeyOf(planned)) {
    throw new TsyncError('plan/file-tampered', `${name}: the changes of ${host} do not fit their digest.`, {
      exitCode: 65,
    });
  }
  const strategy = json.object('strategy');
  return {
    host,
    strategy: { asked: strategy.string('asked'), taken: strategy.string('taken'), reason: strategy.string('reason') },
    snapshotDigest: json.string('snapshotDigest'),
    findings: json.objects('findings').map((finding) => readFinding(finding, changes)),
    changes,
    actions,
    packages,
    refused: json.has('refused') && json.nullable('refused') !== null ? readProblem(json.object('refused')) : null,
    newServers: json.has('newServers') ? json.strings('newServers') : [],
    planDigest,
    foldKey,
  };
}

function readChange(json: JsonObject): Change {
  const kind = json.oneOf('kind', ['file', 'service', 'module-parameter']);
  const base = { name: json.string('name'), because: json.string('because') };
  const id: ChangeId = `${kind}:${base.name}`;
  if (json.string('id') !== id) throw json.wrong('id', id);
  const read = STATES[kind];
  const restart = kind === 'file' && json.has('restart') ? { restart: json.string('restart') } : {};
  const change = { id, kind, ...base, before: read(json, 'before'), after: read(json, 'after'), ...restart } as Change;
  if (wrongPlace(change) !== null) throw json.wrong('name', 'a place that tsync may write');
  return change;
}

const STATES = { file: readFileState, service: readServiceState, 'module-parameter': readParameterState } as const;

function readFileState(json: JsonObject, key: string): States['file'] {
  const state = json.nullable(key);
  if (state === null) return null;
  const mode = state.string('mode');
  if (!/^[0-7]{3,4}$/.test(mode)) throw state.wrong('mode', 'octal digits');
  const bytes = fromBase64(state, 'bytes');
  return { bytes, mode, owner: state.string('owner'), group: state.string('group'), truncated: false };
}

function readServiceState(json: JsonObject, key: string): States['service'] {
  const state = json.nullable(key);
  if (state === null) return null;
  return { active: state.boolean('active'), links: state.strings('links'), masked: state.boolean('masked') };
}

function readParameterState(json: JsonObject, key: string): States['module-parameter'] {
  const state = json.nullable(key);
  return state === null ? null : { value: state.string('value') };
}

function readAction(json: JsonObject): Action {
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

function readFinding(json: JsonObject, changes: readonly Change[]): Finding {
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
      return { ...base, status, change: readFindingChange(json, changes) };
    case 'violation':
      return {
        ...base,
        status,
        measured: readMeasurement(json.object('measured')),
        limit: readMeasurement(json.object('limit')),
      };
    case 'unknown':
      return { ...base, status, problem: readProblem(json.object('problem')) };
  }
}

function readFindingChange(json: JsonObject, changes: readonly Change[]): Change {
  if (!json.has('changeId')) return readChange(json.object('change'));
  const id = json.string('changeId');
  const change = changes.find((one) => one.id === id);
  if (change === undefined) throw json.wrong('changeId', 'the id of a change of this plan');
  return change;
}

function readMeasurement(json: JsonObject) {
  return { value: json.numberOrString('value'), unit: json.string('unit'), bound: json.nullableNumber('bound') };
}

function readProblem(json: JsonObject) {
  return {
    code: json.problemCode('code'),
    summary: json.string('summary'),
    detail: json.string('detail'),
    hint: json.string('hint'),
  };
}

function fromBase64(json: JsonObject, key: string): Uint8Array {
  try {
    return textToBytes(atob(json.string(key)));
  } catch {
    throw json.wrong(key, 'base64');
  }
}
