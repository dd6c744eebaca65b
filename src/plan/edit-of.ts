import type { Change, States } from '#resources/resource.js';
import { bytesToText } from '#snapshot/bytes.js';
import { diffLines } from './line-diff.js';

/** What a change does, without what stands around it: removed and added lines, links and attributes. */
export function editOf(change: Change): unknown {
  const { kind, name } = change;
  switch (change.kind) {
    case 'file':
      return { kind, name, attributes: attributesOf(change), ...linesOf(change.before, change.after) };
    case 'service':
      return { kind, name, ...linksOf(change.before, change.after) };
    case 'module-parameter':
      return { kind, name, to: change.after?.value ?? null };
  }
}

/** Only what changes, and all of a file that is made. */
function attributesOf({ before, after }: Extract<Change, { kind: 'file' }>): unknown {
  if (after === null) return 'removed';
  const attributes = [after.mode, after.owner, after.group];
  if (before === null) return attributes;
  const old = [before.mode, before.owner, before.group];
  return attributes.map((value, index) => (value === old[index] ? null : value));
}

function linesOf(
  before: States['file'],
  after: States['file'],
): { readonly removed: string[]; readonly added: string[] } {
  const lines = diffLines(textOf(before), textOf(after));
  return {
    removed: lines.flatMap(({ op, text }) => (op === '-' ? [text] : [])),
    added: lines.flatMap(({ op, text }) => (op === '+' ? [text] : [])),
  };
}

function linksOf(before: States['service'], after: States['service']): object {
  const [from, to] = [before?.links ?? [], after?.links ?? []];
  return {
    active: after?.active ?? null,
    masked: after?.masked ?? null,
    removed: from.filter((link) => !to.includes(link)),
    added: to.filter((link) => !from.includes(link)),
  };
}

function textOf(state: States['file']): string {
  return state === null ? '' : bytesToText(state.bytes);
}
