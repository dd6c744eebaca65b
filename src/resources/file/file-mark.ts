import { hasKeys } from '../has-keys.js';
import { cksum } from './cksum.js';
import type { FileState } from './file-state.js';

/** A file as a transaction knows it; its content is a backup, or what is there now. */
export interface FileMark {
  /** As `stat` prints it. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly length: number;
  readonly cksum: number;
}

export function markFile(state: FileState | null): FileMark | null {
  if (state === null) return null;
  const { bytes, owner, group } = state;
  const mode = Number.parseInt(state.mode, 8).toString(8);
  return { mode, owner, group, length: bytes.length, cksum: cksum(bytes) };
}

/** Whether a value is exactly a mark, or null: absent. */
export function isFileMark(value: unknown): boolean {
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

const isOwner = (value: unknown): boolean =>
  typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(value);
const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;

const MOST_BYTES = 1 << 30;
