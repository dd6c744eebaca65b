import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { ParsedKey } from 'ssh2';

const { utils } = createRequire(import.meta.url)('ssh2') as typeof import('ssh2');

export interface DemoKey {
  /** OpenSSH's own format. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA...`, as in known_hosts. */
  readonly publicKey: string;
}

/** The ed25519 key in that file (mode 0600); made when there is none. */
export async function keyAt(path: string): Promise<DemoKey> {
  const found = await readFile(path, 'utf8').catch(() => null);
  if (found !== null) {
    const key = parse(found);
    if (key !== null) return key;
  }
  const key = newKey();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, key.privateKey, { mode: 0o600 });
  await chmod(path, 0o600);
  return key;
}

/** ssh2 now and then generates an ed25519 key that it cannot read itself (its issue 1344): such a one is made again. */
function newKey(): DemoKey {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const key = parse(utils.generateKeyPairSync('ed25519').private);
    if (key !== null) return key;
  }
  throw new Error('ssh2 generated twenty keys that it cannot read');
}

function parse(privateKey: string): DemoKey | null {
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error) return null;
  return { privateKey, publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}` };
}

/** The key as ssh2 wants it to check signatures with. */
export function verifier(key: DemoKey): ParsedKey {
  const parsed = utils.parseKey(key.publicKey);
  if (parsed instanceof Error) throw parsed;
  return parsed;
}
