import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below a folder with mode (its type included), owner, group, and the link's text or the content's digest. */
export function fingerprint(folder: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const visit = (path: string): void => {
    const stat = lstatSync(path);
    const content = stat.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : stat.isFile()
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : '';
    seen[path.slice(folder.length)] = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${content}`;
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  visit(folder);
  return seen;
}
