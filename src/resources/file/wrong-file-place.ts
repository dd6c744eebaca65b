import { isWholePath } from '../whole-path.js';

/** Where a file of root's may be written; the programs check the same on the host, along every link (`rooted`). */
const FOLDERS = ['/etc', '/usr', '/opt', '/srv', '/var', '/root', '/boot', '/lib', '/lib64'];
const NOT_IN = ['/var/lib/tsync', '/var/tmp', '/var/run', '/var/lock'];

/** Why a file of root's may not be written there, as a clause; null when it may. */
export function wrongFilePlace(path: string): string | null {
  if (!isWholePath(path)) return 'it is no absolute path, or has an empty part, "." or ".."';
  if (!FOLDERS.some((folder) => path.startsWith(`${folder}/`))) return `it does not lie below ${FOLDERS.join(', ')}`;
  const folder = NOT_IN.find((one) => path === one || path.startsWith(`${one}/`));
  return folder === undefined ? null : `it lies below ${folder}`;
}
