import { isWholePath } from '#resources/whole-path.js';

/**
 * Whether a path that a host has named may be followed as it stands: absolute, of plain characters, without an empty part, `.` or
 * `..`. A text alone: where it leads, and who can write there, only the host can tell (`writers` of a file).
 */
export function isPlainPath(path: string): boolean {
  return PLAIN.test(path) && isWholePath(path);
}

const PLAIN = /^\/[A-Za-z0-9_./:@+,~=-]{1,400}$/;

/** A plain path that lies below a folder: `/etc`. */
export function isBelow(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`) && isPlainPath(path);
}

/** The same of a folder or a pattern of shell, as directives name them: with `*` and `?`, and a slash at its end. */
export function isPlainPattern(pattern: string): boolean {
  return isPlainPath(pattern.replaceAll(/[*?]/g, 'x').replace(/\/+$/, ''));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
