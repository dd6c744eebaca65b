import type { Change } from './resource.js';

/** Where a file of root's may be written; the programs check the same on the host, along every link (`rooted`). */
const FOLDERS = ['/etc', '/usr', '/opt', '/srv', '/var', '/root', '/boot', '/lib', '/lib64'];
const NOT_IN = ['/var/lib/tsync', '/var/tmp', '/var/run', '/var/lock'];

/** Why no program may write to what a change names, as a clause; null when it may. By its text alone: from a host or a plan file it may be anything. */
export function wrongPlace(change: Change): string | null {
  switch (change.kind) {
    case 'file':
      return wrongFilePlace(change.name);
    case 'service':
      if (!/^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,250}$/.test(change.name)) return 'it is no name of a service';
      return (
        [...(change.before?.links ?? []), ...(change.after?.links ?? [])].map(wrongLink).find((one) => one) ?? null
      );
    case 'module-parameter':
      return /^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/.test(change.name) ? null : 'it is no module.parameter';
  }
}

/** Why a file of root's may not be written there, as a clause; null when it may. */
export function wrongFilePlace(path: string): string | null {
  if (!isWholePath(path) || hasControl(path)) return 'it is no absolute path, or has an empty part, "." or ".."';
  if (!FOLDERS.some((folder) => path.startsWith(`${folder}/`))) return `it does not lie below ${FOLDERS.join(', ')}`;
  const folder = NOT_IN.find((one) => path === one || path.startsWith(`${one}/`));
  return folder === undefined ? null : `it lies below ${folder}`;
}

/** A link that enables a service: `path -> target`. */
function wrongLink(link: string): string | null {
  const [path = '', target] = link.split(' -> ');
  const isOne =
    target !== undefined && target !== '' && isWholePath(path) && !hasControl(path) && /^\/etc\/.+\/./.test(path);
  return isOne ? null : `its link ${path} does not lie in a folder below /etc`;
}

/** Absolute, and without a part that is empty, `.` or `..`. */
export function isWholePath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path
      .slice(1)
      .split('/')
      .every((part) => !['', '.', '..'].includes(part))
  );
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\x7f');
}
