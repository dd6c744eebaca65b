// `npm run check:lock`: whether package-lock.json is what scripts/lock-rules.mjs wants, whether that is what was installed, and
// whether the Node that runs is the one that was looked at. Needs no network.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mistakesOfInstalled, mistakesOfLock, nameAt } from './lock-rules.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const lock = json('package-lock.json');
const manifest = json('package.json');
const pinned = json('scripts/pinned-node.json');
const installed = json('node_modules/.package-lock.json');
const places = Object.keys(installed.packages);

const mistakes = [
  ...mistakesOfLock(lock, manifest, pinned),
  ...mistakesOfInstalled(installed, lock),
  ...places.flatMap(undeclaredScript),
  ...strangersIn('node_modules'),
  ...wrongBinaries(),
];
for (const mistake of mistakes) console.error(mistake);
if (mistakes.length > 0) process.exit(1);
console.log(
  `lock: ${Object.keys(lock.packages).length - 1} packages, all with an integrity; ${places.length} installed as locked`,
);

function json(path) {
  return JSON.parse(readFileSync(join(top, path), 'utf8'));
}

/** The lock says which packages have scripts, and the packages themselves may say more. */
function undeclaredScript(place) {
  const { scripts = {} } = json(`${place}/package.json`);
  const runs = ['preinstall', 'install', 'postinstall'].some((name) => scripts[name] !== undefined);
  if (!runs && !existsSync(join(top, place, 'binding.gyp'))) return [];
  return Object.hasOwn(manifest.allowScripts, nameAt(place))
    ? []
    : [`${place} has a script that npm runs at installation.`];
}

/** Folders in node_modules that npm did not put there. */
function strangersIn(folder) {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.')) return [];
    if (entry.name.startsWith('@')) return strangersIn(place);
    return entry.isDirectory() && places.includes(place) ? [] : [`${place} is not in the lock.`];
  });
}

function wrongBinaries() {
  if (process.platform !== 'linux') return [];
  const there = Object.entries(pinned.packages).filter(([name]) => existsSync(join(top, 'node_modules', name)));
  if (there.length === 0) return ['The pinned Node is not installed: npm ci brings it for Linux on x64 and arm64.'];
  return there.flatMap(([name, { binary, sha256 }]) => {
    const bytes = readFileSync(join(top, 'node_modules', name, binary));
    const digest = createHash('sha256').update(bytes).digest('hex');
    return digest === sha256
      ? []
      : [`node_modules/${name}/${binary} is not the pinned Node: its SHA-256 is ${digest}.`];
  });
}
