import { quoted, quotedBytes } from '#conversation/shell-words.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { shown } from '#facts/fact.js';
import type { Facts } from '#facts/facts.js';
import { bytesToText, decodeUtf8 } from '#snapshot/bytes.js';
import { bytesToJson } from '#snapshot/bytes-json.js';
import type { JsonObject } from '../json-object.js';
import type { Reading } from '../reading.js';
import type { LineDiff, ResourceKind, Side, StateChange, ToldEntry } from '../resource-kind.js';
import { isTreePath } from '../tree-path.js';
import { cksum } from './cksum.js';
import { type FileMark, isFileMark, markFile } from './file-mark.js';
import type { FileState } from './file-state.js';
import { findFile } from './find-file.js';
import { wrongFilePlace } from './wrong-file-place.js';

/** A file: its content, mode and owner. Its name is its path, or where that path leads as a symbolic link. */
export const file: ResourceKind<FileState> = {
  probeParameter: 'path',
  disturbs: false,
  read,
  same: (a, b) => a.mode === b.mode && a.owner === b.owner && a.group === b.group && sameBytes(a.bytes, b.bytes),
  wrongPlace: ({ name }) => wrongFilePlace(name),
  label: (name) => name,
  text: ({ bytes }) => printable(decodeUtf8(bytes) ?? decodeBytes(bytes), { lines: true }),
  attributes: ({ mode, owner, group }) => printable(`mode ${mode} owner ${owner} group ${group}`),
  edit,
  toJson: (state) => ({ ...state, bytes: bytesToJson(state.bytes) }),
  fromJson,
  toShell({ name, before, after }) {
    const states = `${stateWords(markFile(before))} \\\n    ${stateWords(markFile(after))}`;
    return [`change_file ${quoted(name)} \\\n    ${states} \\\n    `, ...quotedBytes(after?.bytes ?? new Uint8Array())];
  },
  fromTold,
  image: {
    mark: markFile,
    isMark: isFileMark,
    isName: isTreePath,
    toShell: (name, before: FileMark | null, after: FileMark | null) =>
      `change_file ${quoted(name)} ${stateWords(before)} ${stateWords(after)} ''`,
  },
};

function read(facts: Facts, path: string): Reading<FileState> {
  const found = findFile(facts, path);
  if (found === null) return unknown(`${path} was not among the files that were read.`);
  if (found.state === 'absent') return { known: true, state: null };
  if (found.state !== 'present') return unknown(`${path} could not be read: ${printable(found.reason)}`);
  if (found.truncated) return unknown(`${path} is larger than what is read of a file, so it is not known as a whole.`);
  const { bytes, mode, owner, group } = found;
  return { known: true, state: { bytes, mode, owner, group, truncated: false } };
}

function unknown(detail: string): Reading<FileState> {
  return { known: false, problem: problem('resources/file-unknown', detail) };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Bytes that are no UTF-8 are shown as `\xNN`, so that the diff of a Latin-1 file is exact too. */
function decodeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

function edit({ before, after }: StateChange<FileState>, diff: LineDiff): object {
  const textOf = (state: FileState | null) => (state === null ? '' : bytesToText(state.bytes));
  return { attributes: changedAttributes(before, after), ...diff(textOf(before), textOf(after)) };
}

/** Only what changes, and all of a file that is made. */
function changedAttributes(before: FileState | null, after: FileState | null): unknown {
  if (after === null) return 'removed';
  const attributes = [after.mode, after.owner, after.group];
  if (before === null) return attributes;
  const old = [before.mode, before.owner, before.group];
  return attributes.map((value, index) => (value === old[index] ? null : value));
}

function fromJson(json: JsonObject): FileState {
  const mode = json.string('mode');
  if (!/^[0-7]{3,4}$/.test(mode)) throw json.wrong('mode', 'octal digits');
  return {
    bytes: json.bytes('bytes'),
    mode,
    owner: json.string('owner'),
    group: json.string('group'),
    truncated: false,
  };
}

/** Five words: mode as `stat` prints it, owner, group, length in bytes, `cksum`. */
function stateWords(mark: FileMark | null): string {
  if (mark === null) return 'absent - - - -';
  return `${quoted(mark.mode)} ${quoted(mark.owner)} ${quoted(mark.group)} ${mark.length} ${mark.cksum}`;
}

function fromTold(entry: ToldEntry, side: Side): FileState | null | undefined {
  const [mode = '', owner = '', group = '', length, sum] = entry.one(side).split(' ');
  if (mode === 'absent') return null;
  const bytes = entry.bytes(side);
  if (bytes === null || !/^[0-7]{1,4}$/.test(mode) || owner === '' || group === '') return undefined;
  if (String(bytes.length) !== length || String(cksum(bytes)) !== sum) return undefined;
  return { bytes, mode: mode.padStart(4, '0'), owner: shown(owner, 64), group: shown(group, 64), truncated: false };
}
