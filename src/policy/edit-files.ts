import { printConfig } from '#config/config-line.js';
import type { ConfigFile, MainConfig } from '#config/daemon-config.js';
import { editConfig } from '#config/edit-config.js';
import { isBelow } from '#config/host-path.js';
import { findOwnerMark } from '#config/ownership.js';
import { whyForeign } from '#config/untrusted.js';
import { type Problem, problem } from '#errors/problem.js';
import type { States } from '#resources/resource.js';
import { evidence, fewOf, lineEvidence } from '#rules/evidence.js';
import type { KnownRuleId } from '#rules/rules.js';
import type { Settings } from '#settings/settings.js';
import type { LineOp, OwnLine } from './line-decision.js';
import type { Reason, Wanted } from './policy.js';

export interface FilesDecision {
  readonly wanted: readonly Wanted[];
  /** Edits that may not be made, each with the rule that says so. */
  readonly refused: readonly { readonly rule: KnownRuleId; readonly problem: Problem; readonly file: ConfigFile }[];
}

/** The rules of a daemon that say why a file is not edited. */
export interface FileRules {
  readonly readable: KnownRuleId;
  readonly owned: KnownRuleId;
}

/** Foreign lines are switched off or on where they stand; `block` is what our block in the main file is to hold. */
export function editFiles(
  config: MainConfig,
  ops: readonly LineOp[],
  block: readonly OwnLine[],
  settings: Settings,
  rules: FileRules,
): FilesDecision {
  const changed = config.files
    .filter((file) => !file.ours)
    .flatMap((file) => editFile(file, ops, file === config.main ? block : [], rules) ?? []);
  const refused = changed.flatMap(({ file }) => {
    const refusal = refuseEdit(file, settings, rules);
    return refusal === null ? [] : [{ ...refusal, file }];
  });
  return { wanted: changed.map((one) => one.wanted), refused };
}

/** Null where the file stays as it is. */
function editFile(
  file: ConfigFile,
  ops: readonly LineOp[],
  block: readonly OwnLine[],
  rules: FileRules,
): { readonly file: ConfigFile; readonly wanted: Wanted } | null {
  const here = ops.filter((op) => op.placed.file === file);
  const edit = {
    disable: new Set(here.filter((op) => op.op === 'disable').map((op) => op.placed.index)),
    enable: new Set(here.filter((op) => op.op === 'enable').map((op) => op.placed.index)),
    block: block.map((line) => line.text),
  };
  const lines = editConfig(file.lines, edit, file.readWords);
  if (lines === file.lines) return null;
  const reasons = [
    ...here.map((op): Reason => ({ rule: op.rule, evidence: [lineEvidence(op.placed)] })),
    ...block.map((line): Reason => ({ rule: line.rule, evidence: [evidence(file.path, `wanted: ${line.text}`)] })),
  ];
  const { mode, owner, group } = file.file;
  const desired = { bytes: printConfig(lines), mode, owner, group, truncated: false } as const;
  const merged = mergeReasons(reasons.length > 0 ? reasons : [{ rule: rules.readable, evidence: [] }]);
  return { file, wanted: wantFile(file.path, desired, merged) };
}

/** A file that only tsync writes. */
export function ownState(bytes: Uint8Array, mode = '0644'): NonNullable<States['file']> {
  return { bytes, mode, owner: 'root', group: 'root', truncated: false };
}

export function wantFile(path: string, desired: States['file'], reasons: readonly Reason[]): Wanted {
  return { resource: { kind: 'file', name: path, desired, because: reasons[0]?.rule ?? 'chrony/readable' }, reasons };
}

/** One reason a rule, in the order of their first appearance. The diff shows every line; as evidence some are enough. */
export function mergeReasons(reasons: readonly Reason[]): Reason[] {
  const byRule = Map.groupBy(reasons, ({ rule }) => rule);
  return [...byRule].map(([rule, all]) => ({ rule, evidence: fewOf(all.flatMap(({ evidence: seen }) => seen)) }));
}

function refuseEdit(
  file: ConfigFile,
  settings: Settings,
  rules: FileRules,
): { readonly rule: KnownRuleId; readonly problem: Problem } | null {
  if (!isBelow('/etc', file.path)) {
    const detail = `${file.path} lies outside of /etc: something else makes it, and would make it again.`;
    return { rule: rules.readable, problem: problem('policy/edit-refused', detail) };
  }
  const foreign = whyForeign(file.path, file.file);
  if (foreign !== null) return { rule: rules.readable, problem: problem('policy/edit-refused', foreign) };
  if (file.file.bytes.includes(0)) {
    return {
      rule: rules.readable,
      problem: problem('policy/edit-refused', `${file.path} holds a NUL byte: it is no text.`),
    };
  }
  const mark = settings.takeOwnership ? null : findOwnerMark(file.file.bytes);
  if (mark === null) return null;
  const detail = `${file.path} says "${evidence('', mark).text.slice(0, 200)}".`;
  return { rule: rules.owned, problem: problem('policy/owned-elsewhere', detail) };
}
