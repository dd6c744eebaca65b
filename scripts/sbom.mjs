// `npm run sbom`: what tsync is made of and built with, as a CycloneDX 1.6 document on standard output. Made from the lock alone:
// the same lock gives the same bytes, and no network is needed.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nameAt, tarball } from './lock-rules.mjs';

const { name, version, license, description } = json('package.json');
const { '': root, ...packages } = json('package-lock.json').packages;
const pinned = json('scripts/pinned-node.json');
/** Those whose package.json names its licence in npm's old form, which the lock does not keep. */
const OLD_STYLE = { ssh2: 'MIT', 'cpu-features': 'MIT', buildcheck: 'MIT' };
const self = `pkg:npm/${name}@${version}`;

const body = {
  metadata: {
    tools: { components: [{ type: 'application', name: 'tsync scripts/sbom.mjs', version }] },
    component: {
      type: 'application',
      'bom-ref': self,
      name,
      version,
      description,
      licenses: licences(license),
      purl: self,
    },
  },
  components: Object.entries(packages).map(componentOf),
  dependencies: [
    {
      ref: self,
      dependsOn: refsOf('', { ...root.dependencies, ...root.optionalDependencies, ...root.devDependencies }),
    },
    ...Object.entries(packages).map(([place, { dependencies, optionalDependencies }]) => ({
      ref: refOf(place),
      dependsOn: refsOf(place, { ...dependencies, ...optionalDependencies }),
    })),
  ],
};
const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: `urn:uuid:${uuid(digest)}`,
  version: 1,
  ...body,
};
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

function json(path) {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8'));
}

function componentOf([place, { version, integrity, license, dev, optional, devOptional }]) {
  const fullName = nameAt(place);
  const [group, short] = fullName.startsWith('@') ? fullName.split('/') : [undefined, fullName];
  const binary = pinned.packages[fullName]?.sha256;
  return {
    type: 'library',
    'bom-ref': refOf(place),
    ...(group && { group }),
    name: short,
    version,
    // Excluded: builds and checks tsync, and is not there when it runs.
    scope: dev ? 'excluded' : optional || devOptional ? 'optional' : 'required',
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }],
    licenses: licences(license ?? OLD_STYLE[fullName]),
    purl: purlOf(fullName, version),
    externalReferences: [{ type: 'distribution', url: tarball(fullName, version) }],
    properties: [
      { name: 'tsync:place', value: place },
      ...(binary ? [{ name: 'tsync:binary-sha256', value: binary }] : []),
    ],
  };
}

/** A name of the SPDX list, or an expression of several. */
function licences(text) {
  return /[ ()]/.test(text) ? [{ expression: text }] : [{ license: { id: text } }];
}

function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** One version may lie in several places; each is a component of its own. */
function refOf(place) {
  return `${purlOf(nameAt(place), packages[place].version)}#${place}`;
}

function refsOf(place, dependencies = {}) {
  return [...new Set(Object.keys(dependencies).flatMap((name) => found(place, name)))].sort();
}

/** As Node looks for it: inside, then in every folder above. An optional one may be missing. */
function found(place, name) {
  for (const at of foldersFrom(place)) {
    const candidate = `${at}node_modules/${name}`;
    if (packages[candidate] !== undefined) return [refOf(candidate)];
  }
  return [];
}

/** `node_modules/a/node_modules/b/`, `node_modules/a/`, and the top. */
function foldersFrom(place) {
  const folders = [];
  for (let at = place; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/'))))
    folders.push(`${at}/`);
  return [...folders, ''];
}

/** A name-based identifier (version 8 of RFC 9562: made by rules of one's own). */
function uuid(hex) {
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
