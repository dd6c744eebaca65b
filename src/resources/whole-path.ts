/** Absolute, without a control character and without a part that is empty, `.` or `..`. */
export function isWholePath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path
      .slice(1)
      .split('/')
      .every((part) => !['', '.', '..'].includes(part)) &&
    ![...path].some((character) => character < ' ' || character === '\x7f')
  );
}
