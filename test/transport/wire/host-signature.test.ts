import { randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { isSignedByHost } from '#transport/wire/host-signature.js';
import { WireError, WireWriter } from '#transport/wire/wire.js';

const cases = [
  ['ssh-ed25519', 'ed25519', {}, undefined],
  ['ecdsa-sha2-nistp256', 'ecdsa', { bits: 256 }, undefined],
  ['ecdsa-sha2-nistp384', 'ecdsa', { bits: 384 }, undefined],
  ['ecdsa-sha2-nistp521', 'ecdsa', { bits: 521 }, undefined],
  ['rsa-sha2-256', 'rsa', { bits: 2048 }, 'sha256'],
  ['rsa-sha2-512', 'rsa', { bits: 2048 }, 'sha512'],
] as const;

/** A signature made by ssh2's own code, in the form in which a host sends it. */
function signed(algorithm: string, type: 'ed25519', options: object, hash: string | undefined, data: Buffer) {
  const key = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync(type, options as never).private);
  if (key instanceof Error) throw key;
  const made = key.sign(data, hash);
  if (made instanceof Error) throw made;
  const raw = algorithm.startsWith('ecdsa') ? twoNumbers(made) : made;
  const signature = new WireWriter(null).string(algorithm).string(raw).bytes();
  return { blob: key.getPublicSSH(), signature };
}

function twoNumbers(der: Buffer): Buffer {
  const start = (der[1] ?? 0) & 0x80 ? 3 : 2;
  const rEnd = start + 2 + (der[start + 1] ?? 0);
  return new WireWriter(null)
    .string(der.subarray(start + 2, rEnd))
    .string(der.subarray(rEnd + 2))
    .bytes();
}

describe.each(cases)('a host signature by %s', (algorithm, type, options, hash) => {
  const data = randomBytes(32);
  const { blob, signature } = signed(algorithm, type as 'ed25519', options, hash, data);

  it('is believed for what was signed and for nothing else', () => {
    expect(isSignedByHost(algorithm, blob, signature, data)).toBe(true);
    expect(isSignedByHost(algorithm, blob, signature, randomBytes(32))).toBe(false);
    const other = signed(algorithm, type as 'ed25519', options, hash, data);
    expect(isSignedByHost(algorithm, other.blob, signature, data)).toBe(false);
  });

  it('is believed for the algorithm that was agreed on only', () => {
    for (const [another] of cases) {
      if (another === algorithm) continue;
      expect(() => isSignedByHost(another, blob, signature, data)).toThrow(WireError);
    }
  });

  it('is refused, not believed, when it or the key is cut off', () => {
    expect(() => isSignedByHost(algorithm, blob, signature.subarray(0, 30), data)).toThrow(WireError);
    expect(() => isSignedByHost(algorithm, blob.subarray(0, 25), signature, data)).toThrow(WireError);
  });
});
