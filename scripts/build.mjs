// Builds dist/ from src/: TypeScript compiled, host programs (*.sh) copied beside what loads them.
// Runs on whatever Node npm was started with, so it uses nothing newer than Node 18.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const source = join(top, 'src');
const target = join(top, 'dist');

rmSync(target, { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join(top, 'node_modules/typescript/bin/tsc'), '-p', top], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const path of filesUnder(source).filter((file) => file.endsWith('.sh'))) {
  const copy = join(target, relative(source, path));
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(path, copy);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
