import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { States } from '#resources/resource.js';
import { bytesToText } from '#snapshot/bytes.js';

/** A file as it is to be. */
export interface FileEdit {
  readonly name: string;
  readonly after: Pick<NonNullable<States['file']>, 'bytes'> | null;
}

/**
 * Why nothing may be changed where chronyd rejects its present configuration: a restart would leave the host without
 * a time daemon, and taking the change back would not bring it back. Null where it takes it, or where an edit takes out the line
 * that it names.
 */
export function findRejected(facts: Facts, edits: readonly FileEdit[]): Problem | null {
  const check = facts.chrony.configCheck.value;
  if (check?.verdict !== 'rejected' || mendsRejected(facts, edits)) return null;
  const line = check.at === null ? null : lineAt(facts.files, check.at);
  const place = check.at === null || line === null ? '' : ` ${check.at.path}:${check.at.line}: ${line.slice(0, 400)}`;
  return problem('policy/config-rejected', printable(`chronyd says: ${check.fault}.${place}`));
}

/** Whether an edit takes out the line that chronyd does not take. */
export function mendsRejected({ chrony, files }: Facts, edits: readonly FileEdit[]): boolean {
  const check = chrony.configCheck.value;
  if (check?.verdict !== 'rejected' || check.at === null) return false;
  const line = lineAt(files, check.at);
  const path = realPath(files, check.at.path);
  return line !== null && edits.some((one) => takesOut(one, path, line));
}

/** The text of the line that chronyd does not take, where it was read. */
export function lineAt(files: Facts['files'], at: { readonly path: string; readonly line: number }): string | null {
  const file = files.get(at.path);
  return file?.state === 'present' ? (bytesToText(file.bytes).split('\n')[at.line - 1] ?? null) : null;
}

function takesOut({ name, after }: FileEdit, path: string, line: string): boolean {
  return name === path && (after === null || !bytesToText(after.bytes).split('\n').includes(line));
}

/** A symbolic link is edited where it leads to. */
function realPath(files: Facts['files'], path: string): string {
  const file = files.get(path);
  return file?.state === 'present' ? (file.resolvedTo ?? path) : path;
}
