import type { SigningKey } from '../signing-key.js';
import { message } from './message.js';
import { mpint, WireError, WireWriter } from './wire.js';

/** The request of RFC 4252, section 7: with `signed` up to where the signature follows, without it the question whether the key would do. */
export function loginRequest(user: string, key: SigningKey, signed: boolean): WireWriter {
  return new WireWriter(message.loginRequest, 512)
    .string(user)
    .string('ssh-connection')
    .string('publickey')
    .flag(signed)
    .string(algorithmOf(key))
    .string(key.key.getPublicSSH());
}

/** The same with its signature, which may need the agent. */
export async function signedLogin(sessionId: Buffer, user: string, key: SigningKey): Promise<Buffer> {
  const request = loginRequest(user, key, true);
  const data = Buffer.concat([Buffer.of(0, 0, 0, sessionId.length), sessionId, request.bytes()]);
  const algorithm = algorithmOf(key);
  const made = key.sign(data, algorithm === 'rsa-sha2-256' ? 'sha256' : undefined);
  const raw = Buffer.isBuffer(made) ? made : await made;
  const signature = algorithm.startsWith('ecdsa-') ? asTwoNumbers(raw) : raw;
  const inner = new WireWriter(null, signature.length + 64).string(algorithm).string(signature).bytes();
  return request.string(inner).bytes();
}

/** RSA signs with SHA-2 always. */
function algorithmOf({ key }: SigningKey): string {
  return key.type === 'ssh-rsa' ? 'rsa-sha2-256' : key.type;
}

/** ECDSA as RFC 5656, 3.1.2 wants it: an agent gives it so, OpenSSL as ASN.1 (a sequence of two integers). */
function asTwoNumbers(signature: Buffer): Buffer {
  if (signature[0] === 0) return signature;
  const integerAt = (at: number) => {
    const length = signature[at + 1] ?? 0;
    if (signature[at] !== 0x02 || at + 2 + length > signature.length)
      throw new WireError('the signature is not readable');
    return { bytes: signature.subarray(at + 2, at + 2 + length), next: at + 2 + length };
  };
  const body = (signature[1] ?? 0) & 0x80 ? 3 : 2;
  const r = integerAt(body);
  const s = integerAt(r.next);
  return new WireWriter(null).string(mpint(r.bytes)).string(mpint(s.bytes)).bytes();
}
