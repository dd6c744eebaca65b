import { createHash, createHmac } from 'node:crypto';
import { TsyncError } from '#errors/tsync-error.js';
import { type JsonObject, parseJsonObject } from '#resources/json-object.js';
import { STRATEGIES } from '#settings/settings.js';
import { canonicalJson } from './canonical-json.js';
import { foldKeyOf, planDigestOf } from './digests.js';
import type { HostPlan } from './plan.js';
import { planFromJson, planToJson } from './plan-json.js';

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

export const PLAN_SCHEMA_VERSION = 3;
/** In version 2 the contents of files were always base64. */
const READ_VERSIONS = [2, PLAN_SCHEMA_VERSION];

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
  const refuse = (detail: string, cause?: unknown) => refusal('plan/file-shape', detail, cause);
  const root = parseJsonObject(text, { name, untrusted: true, refuse });
  if (root.string('kind') !== KIND) throw root.wrong('kind', KIND);
  if (!READ_VERSIONS.includes(root.number('schemaVersion')))
    throw root.wrong('schemaVersion', `${READ_VERSIONS.join(' or ')}, the only ones this tsync reads`);
  refuseUntrusted(text, name, root, trust);
  const strategy = root.nullableString('strategy');
  if (strategy !== null && !STRATEGIES.some((one) => one === strategy)) throw root.wrong('strategy', 'a strategy');
  const plans = root.objects('plans').map(readPlan);
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
    refusal(code, `${name}: ${detail}`);
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

/** Whoever edits a change of a plan that is only vouched for must have fitted its digests too. */
function readPlan(json: JsonObject): HostPlan {
  const plan = planFromJson(json);
  if (plan.planDigest === planDigestOf(plan) && plan.foldKey === foldKeyOf(plan)) return plan;
  throw refusal('plan/file-tampered', `${json.source.name}: the changes of ${plan.host} do not fit their digest.`);
}

function refusal(
  code: 'plan/file-shape' | 'plan/file-tampered' | 'plan/not-made-here',
  detail: string,
  cause?: unknown,
) {
  return new TsyncError(code, detail, { exitCode: 65, cause });
}
