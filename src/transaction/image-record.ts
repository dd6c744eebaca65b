import { known, unknown } from '#facts/fact.js';
import type { Fact } from '#facts/facts.js';
import type { Change, States } from '#resources/resource.js';
import { cksum } from './cksum.js';

/** A file as a transaction knows it; its content is a backup, or what is there now. */
export interface FileMark {
  /** As `stat` prints it. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly length: number;
  readonly cksum: number;
}

/** What is needed of one change to take it back. Null: absent. */
export type RecordedChange =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly before: FileMark | null;
      readonly after: FileMark | null;
    }
  | { readonly kind: 'service'; readonly name: string; readonly before: UnitMark; readonly after: UnitMark };

/** Of an image nothing runs. */
export interface UnitMark {
  readonly masked: boolean;
  /** `PATH -> TARGET` */
  readonly links: readonly string[];
}

/** What changes are to their undo. A module parameter is of a running system: an image tree has none, and nothing to take back. */
export function recordOf(changes: readonly Change[]): readonly RecordedChange[] {
  return changes.flatMap((change) => recorded(change) ?? []);
}

function recorded(change: Change): RecordedChange | null {
  const { kind, name, before, after } = change;
  switch (kind) {
    case 'file':
      return { kind, name, before: fileMark(before), after: fileMark(after) };
    case 'service':
      return { kind, name, before: unitMark(before), after: unitMark(after) };
    case 'module-parameter':
      return null;
  }
}

function fileMark(state: States['file']): FileMark | null {
  if (state === null) return null;
  const { bytes, owner, group } = state;
  const mode = Number.parseInt(state.mode, 8).toString(8);
  return { mode, owner, group, length: bytes.length, cksum: cksum(bytes) };
}

function unitMark(state: States['service']): UnitMark {
  return { masked: state?.masked ?? false, links: state?.links ?? [] };
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
  if (typeof name !== 'string') return false;
  if (kind === 'file') return isTreePath(name) && isFileMark(before) && isFileMark(after);
  return kind === 'service' && UNIT.test(name) && isUnitMark(before) && isUnitMark(after);
}

function isFileMark(value: unknown): boolean {
  if (value === null) return true;
  if (!hasKeys(value, ['mode', 'owner', 'group', 'length', 'cksum'])) return false;
  const { mode, owner, group, length, cksum: sum } = value;
  return (
    typeof mode === 'string' &&
    /^(?:0|[1-7][0-7]{0,3})$/.test(mode) &&
    isOwner(owner) &&
    isOwner(group) &&
    isCount(length, MOST_BYTES) &&
    isCount(sum, 0xffffffff)
  );
}

function isUnitMark(value: unknown): boolean {
  if (!hasKeys(value, ['masked', 'links']) || typeof value.masked !== 'boolean') return false;
  const { links } = value;
  return Array.isArray(links) && links.length <= 100 && links.every((link) => typeof link === 'string' && isLink(link));
}

function isLink(link: string): boolean {
  const [path = '', target, ...more] = link.split(' -> ');
  return target !== undefined && more.length === 0 && LINK_FOLDER.test(path) && isTreePath(path) && PLAIN.test(target);
}

/** Absolute, of plain characters, without an empty, `.` or `..` part, and nowhere where no change of an image lies. */
function isTreePath(path: string): boolean {
  const [first, ...parts] = path.split('/');
  if (path.length > 400 || first !== '' || parts.length < 2) return false;
  if (parts.some((part) => part === '' || part === '.' || part === '..' || !PLAIN.test(part))) return false;
  return !NO_FOLDER.test(path);
}

function hasKeys<K extends string>(value: unknown, keys: readonly K[]): value is { readonly [P in K]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const found = Object.keys(value);
  return found.length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

const isOwner = (value: unknown): boolean =>
  typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(value);
const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;

const MOST_BYTES = 1 << 30;
/** What a name or the target of a link may be made of: no blank, no control character, nothing of another script. */
const PLAIN = /^[\x21-\x7e]{1,400}$/;
const UNIT = /^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,200}$/;
const LINK_FOLDER = /^\/etc\/(?:systemd\/system|runlevels|init\.d|rc\.d|rc[0-6S]\.d)\//;
const NO_FOLDER = /^\/(?:proc|sys|dev|run|tmp|var\/run|var\/tmp|var\/lib\/tsync)\//;
