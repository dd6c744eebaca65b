import { isWholePath } from './whole-path.js';

/** Whether a change in an image tree can be made at a path that the tree itself names: of plain characters, and no place of a running system. */
export function isTreePath(path: string): boolean {
  return isPlainWord(path) && isWholePath(path) && path.indexOf('/', 1) !== -1 && !NO_FOLDER.test(path);
}

/** Without blanks and control characters: what a name or the target of a link in a tree's record may be made of. */
export function isPlainWord(text: string): boolean {
  return /^[\x21-\x7e]{1,400}$/.test(text);
}

const NO_FOLDER = /^\/(?:proc|sys|dev|run|tmp|var\/run|var\/tmp|var\/lib\/tsync)\//;
