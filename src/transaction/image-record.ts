import { known, unknown } from '#facts/fact.js';
import type { Fact } from '#facts/facts.js';
import { hasKeys } from '#resources/has-keys.js';
import { isKind, KINDS, kindOf } from '#resources/kinds.js';
import type { Change, Kind } from '#resources/resource.js';

/** What is needed of one change to take it back; what a mark is its kind says (`ImageUndo`). */
export interface RecordedChange {
  readonly kind: Kind;
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What changes are to their undo. What is of a running system only leaves nothing to take back in a tree. */
export function recordOf(changes: readonly Change[]): readonly RecordedChange[] {
  return changes.flatMap((change) => {
    const { kind, name, before, after } = change;
    const { image } = kindOf(change);
    return image === null ? [] : [{ kind, name, before: image.mark(before), after: image.mark(after) }];
  });
}

/** The text that lies beside the backups in a tree, for whoever finds the transaction open. */
export function recordText(changes: readonly RecordedChange[]): string {
  return `${JSON.stringify({ record: 1, changes })}\n`;
}

/**
 * Reads what lies in a tree, which may be anybody's making: exactly what `recordText` writes, of paths that a change in a tree can have.
 * Unknown as soon as anything in it is not so.
 */
export function readRecord(text: string): Fact<readonly RecordedChange[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unknown('it is no JSON');
  }
  if (!hasKeys(value, ['record', 'changes']) || value.record !== 1) return unknown('it is of another tsync');
  const { changes } = value;
  if (!Array.isArray(changes) || changes.length === 0 || changes.length > 1000) return unknown('it lists no changes');
  const names = new Set<string>();
  for (const change of changes) {
    if (!isRecorded(change)) return unknown('one of its changes is none that tsync makes in an image');
    const id = `${change.kind}:${change.name}`;
    if (names.has(id)) return unknown('it changes one thing twice');
    names.add(id);
  }
  return known(changes as readonly RecordedChange[]);
}

function isRecorded(value: unknown): value is RecordedChange {
  if (!hasKeys(value, ['kind', 'name', 'before', 'after'])) return false;
  const { kind, name, before, after } = value;
  const image = isKind(kind) ? KINDS[kind].image : null;
  return (
    image !== null && typeof name === 'string' && image.isName(name) && image.isMark(before) && image.isMark(after)
  );
}
