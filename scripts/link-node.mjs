// Puts the pinned Node where npm looks for programs first, so that every npm script of this folder runs on it. npm makes this link
// itself for the one platform package that it installed, but npm 9 takes it away again with the other one.
// Runs on whatever Node npm was started with, so it uses nothing newer than Node 18.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const name = `node-${process.platform}-${process.arch}`;
const link = join(modules, '.bin', 'node');

if (existsSync(join(modules, name, 'bin', 'node')) && !existsSync(link)) {
  mkdirSync(join(modules, '.bin'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join('..', name, 'bin', 'node'), link);
}
