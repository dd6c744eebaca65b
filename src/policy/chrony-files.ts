import { type Problem, problem } from '#errors/problem.js';
import type { States } from '#resources/resource.js';
import { parseLine, printChronyConfig } from './chrony-config.js';
import type { ChronyLayout, ConfigFile } from './chrony-layout.js';
import { textToBytes } from './config-text.js';
import { editConfig } from './edit-config.js';
import { type LineOp, lineEvidence, type OwnLine } from './line-decision.js';
import { evidence } from './observe.js';
import { findOwnerMark } from './ownership.js';
import type { Reason, Wanted } from './policy.js';
import type { KnownRuleId } from './rules.js';
import { isServerLine } from './server-line.js';
import type { Settings } from './settings.js';

export interface FilesDecision {
  readonly wanted: readonly Wanted[];
  /** Edits that may not be made, each with the rule that says so. */
  readonly refused: readonly { readonly rule: KnownRuleId; readonly problem: Problem; readonly file: ConfigFile }[];
}

/**
 * Turns decisions about lines into files: our own lines go to folders that the daemon reads, else into our block in
 * the main file; foreign lines are switched off or on where they stand.
 */
export function decideFiles(
  layout: ChronyLayout,
  ops: readonly LineOp[],
  own: readonly OwnLine[],
  settings: Settings,
): FilesDecision {
  const servers = own.filter((line) => isServerLine(parseLine(line.text)));
  const others = own.filter((line) => !servers.includes(line));
  const block = [...(layout.confdir === null ? others : []), ...(layout.sourcedir === null ? servers : [])];
  const changed = layout.files
    .filter((file) => !file.ours)
    .flatMap((file) => editFile(file, ops, file === layout.main ? block : []) ?? []);
  const refused = changed.flatMap(({ file }) => {
    const refusal = refuseEdit(file, settings);
    return refusal === null ? [] : [{ ...refusal, file }];
  });
  return {
    wanted: [
      ...ownFile(layout, layout.confdir, 'tsync.conf', others),
      ...ownFile(layout, layout.sourcedir, 'tsync.sources', servers),
      ...changed.map((one) => one.wanted),
    ],
    refused,
  };
}

/** Null where the file stays as it is. */
function editFile(
  file: ConfigFile,
  ops: readonly LineOp[],
  block: readonly OwnLine[],
): { readonly file: ConfigFile; readonly wanted: Wanted } | null {
  const here = ops.filter((op) => op.placed.file === file);
  const lines = editConfig(file.lines, {
    disable: new Set(here.filter((op) => op.op === 'disable').map((op) => op.placed.index)),
    enable: new Set(here.filter((op) => op.op === 'enable').map((op) => op.placed.index)),
    block: block.map((line) => line.text),
  });
  if (lines === file.lines) return null;
  const reasons = [
    ...here.map((op): Reason => ({ rule: op.rule, evidence: [lineEvidence(op.placed)] })),
    ...block.map((line): Reason => ({ rule: line.rule, evidence: [evidence(file.path, `wanted: ${line.text}`)] })),
  ];
  const { mode, owner, group } = file.file;
  const desired = { bytes: printChronyConfig(lines), mode, owner, group, truncated: false } as const;
  const merged = mergeReasons(reasons.length > 0 ? reasons : [{ rule: 'chrony/readable', evidence: [] }]);
  return { file, wanted: wantFile(file.path, desired, merged) };
}

function ownFile(layout: ChronyLayout, folder: string | null, name: string, lines: readonly OwnLine[]): Wanted[] {
  if (folder === null) return [];
  const path = `${folder}/${name}`;
  const there = layout.files.find((file) => file.path === path);
  if (lines.length === 0) {
    return there === undefined
      ? []
      : [wantFile(path, null, [{ rule: 'sources/foreign-servers', evidence: [evidence(path, 'not needed')] }])];
  }
  const text = [HEADER, ...lines.map((line) => line.text), ''].join('\n');
  const reasons = lines.map(
    (line): Reason => ({ rule: line.rule, evidence: [evidence(path, `wanted: ${line.text}`)] }),
  );
  return [wantFile(path, ownState(textToBytes(text)), mergeReasons(reasons))];
}

const HEADER = '# Made by tsync, which writes it anew with each change.';

/** A file that only tsync writes. */
export function ownState(bytes: Uint8Array, mode = '0644'): NonNullable<States['file']> {
  return { bytes, mode, owner: 'root', group: 'root', truncated: false };
}

export function wantFile(path: string, desired: States['file'], reasons: readonly Reason[]): Wanted {
  return { resource: { kind: 'file', name: path, desired, because: reasons[0]?.rule ?? 'chrony/readable' }, reasons };
}

/** One reason a rule, in the order of their first appearance. */
function mergeReasons(reasons: readonly Reason[]): Reason[] {
  const byRule = new Map<KnownRuleId, Reason>();
  for (const { rule, evidence: seen } of reasons) {
    byRule.set(rule, { rule, evidence: [...(byRule.get(rule)?.evidence ?? []), ...seen] });
  }
  return [...byRule.values()];
}

function refuseEdit(
  file: ConfigFile,
  settings: Settings,
): { readonly rule: KnownRuleId; readonly problem: Problem } | null {
  if (!file.path.startsWith('/etc/')) {
    const detail = `${file.path} lies outside of /etc: something else makes it, and would make it again.`;
    return { rule: 'chrony/readable', problem: problem('policy/edit-refused', detail) };
  }
  if (file.file.bytes.includes(0)) {
    return {
      rule: 'chrony/readable',
      problem: problem('policy/edit-refused', `${file.path} holds a NUL byte: it is no text.`),
    };
  }
  const mark = settings.takeOwnership ? null : findOwnerMark(file.file.bytes);
  if (mark === null) return null;
  const detail = `${file.path} says "${evidence('', mark).text.slice(0, 200)}".`;
  return { rule: 'chrony/owned-elsewhere', problem: problem('policy/owned-elsewhere', detail) };
}
