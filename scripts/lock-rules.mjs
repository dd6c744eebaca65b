// What package-lock.json must be, so that `npm ci` brings what was looked at and nothing else. Pure: scripts/check-lock.mjs reads.

const REGISTRY = 'https://registry.npmjs.org/';
/** 64 bytes. Weaker digests, and several of them, are not accepted. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const EXACT = /^[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What is wrong with the lock, as sentences. `manifest` is package.json, `pinned` scripts/pinned-node.json. */
export function mistakesOfLock(lock, manifest, pinned) {
  const { '': root = {}, ...packages } = lock.packages ?? {};
  return [
    ...(lock.lockfileVersion === 3 ? [] : ['The lock is not of version 3.']),
    ...Object.entries(packages).flatMap(([place, entry]) => mistakesOfPackage(place, entry)),
    ...mistakesOfManifest(root, packages, manifest),
    ...mistakesOfScripts(packages, manifest.allowScripts ?? {}),
    ...mistakesOfPinned(packages, manifest, pinned),
  ];
}

function mistakesOfPackage(place, { version, integrity, resolved, link, name, bundled, inBundle }) {
  const said = [];
  if (!/(^|\/)node_modules\/(@[^/]+\/)?[^/@][^/]*$/.test(place)) said.push('lies outside of node_modules');
  if (link) said.push('is a link');
  if (bundled || inBundle) said.push('comes inside another package, without an integrity of its own');
  if (name !== undefined && name !== nameAt(place)) said.push(`is ${name} by another name`);
  if (!EXACT.test(version ?? '')) said.push('has no exact version');
  if (!SHA512.test(integrity ?? '')) said.push('has no SHA-512 integrity');
  if (resolved !== undefined && resolved !== tarball(nameAt(place), version))
    said.push('does not come from the npm registry');
  return said.map((what) => `${place} ${what}.`);
}

/** The name of a package by its place in the lock. */
export function nameAt(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Where the npm registry has it. */
export function tarball(name, version) {
  return `${REGISTRY}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

function mistakesOfManifest(root, packages, manifest) {
  return KINDS.flatMap((kind) => {
    const wanted = manifest[kind] ?? {};
    const locked = root[kind] ?? {};
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(locked)])];
    return names.flatMap((name) => {
      if (!EXACT.test(wanted[name] ?? '')) return [`package.json does not name an exact version of ${name}.`];
      if (locked[name] !== wanted[name] || packages[`node_modules/${name}`]?.version !== wanted[name])
        return [`The lock and package.json do not agree about ${name}.`];
      return [];
    });
  });
}

/** A package with a script that npm runs at installation is named in package.json, with whether it may. */
function mistakesOfScripts(packages, allowed) {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const undeclared = scripted.map(([place]) => nameAt(place)).filter((name) => !Object.hasOwn(allowed, name));
  return [
    ...undeclared.map((name) => `${name} has an installation script that "allowScripts" does not name.`),
    ...Object.keys(allowed)
      .filter((name) => allowed[name] !== false)
      .map((name) => `"allowScripts" lets ${name} run its installation script.`),
  ];
}

function mistakesOfPinned(packages, manifest, pinned) {
  return Object.entries(pinned.packages).flatMap(([name, { os, cpu }]) => {
    const entry = packages[`node_modules/${name}`];
    if (entry === undefined) return [`The pinned Node ${name} is not in the lock.`];
    const said = [];
    if (entry.version !== pinned.version) said.push(`is not of version ${pinned.version}`);
    if (String(entry.os) !== os || String(entry.cpu) !== cpu) said.push(`is not for ${os} ${cpu} alone`);
    if (entry.hasInstallScript || Object.keys(entry.dependencies ?? {}).length > 0)
      said.push('brings more than a binary');
    if (manifest.optionalDependencies?.[name] === undefined) said.push('is not an optional dependency');
    return said.map((what) => `The pinned Node ${name} ${what}.`);
  });
}

/** What was installed and is not what the lock says. `installed` is node_modules/.package-lock.json. */
export function mistakesOfInstalled(installed, lock) {
  return Object.entries(installed.packages).flatMap(([place, { version, integrity }]) => {
    const locked = lock.packages[place];
    if (locked === undefined) return [`${place} is installed and not in the lock.`];
    return version === locked.version && integrity === locked.integrity ? [] : [`${place} is not what the lock says.`];
  });
}
