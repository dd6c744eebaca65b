import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { WireError, WireReader } from './wire.js';

/** Host key algorithms that we can check, with the type that the key itself names. */
const keyTypes: { readonly [algorithm: string]: string } = {
  'ssh-ed25519': 'ssh-ed25519',
  'ecdsa-sha2-nistp256': 'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384': 'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521': 'ecdsa-sha2-nistp521',
  'rsa-sha2-256': 'ssh-rsa',
  'rsa-sha2-512': 'ssh-rsa',
};

/**
 * Whether a host's signature over `data` is by the key `blob` and of the algorithm that was agreed on (RFC 4253, 6.6; RFC 5656,
 * 3.1; RFC 8332, 3; RFC 8709, 6). Throws `WireError` where key or signature have another form or type.
 */
export function isSignedByHost(algorithm: string, blob: Buffer, signature: Buffer, data: Buffer): boolean {
  const key = new WireReader(blob);
  const signed = new WireReader(signature);
  const type = key.text();
  if (type !== keyTypes[algorithm]) throw new WireError(`the host key is of type ${type}, not ${algorithm}`);
  if (signed.text() !== algorithm) throw new WireError(`the signature is not of type ${algorithm}`);
  const raw = signed.string();
  try {
    if (type === 'ssh-ed25519') return verify(null, data, ed25519Key(key.string()), raw);
    if (type === 'ssh-rsa') return verify(algorithm === 'rsa-sha2-512' ? 'sha512' : 'sha256', data, rsaKey(key), raw);
    const curve = curves[type];
    if (curve === undefined || key.text() !== curve.name) throw new WireError('the host key names another curve');
    const ecKey = spki(curve.header, key.string());
    return verify(curve.hash, data, { key: ecKey, dsaEncoding: 'ieee-p1363' }, fixedWidth(raw, curve.bytes));
  } catch (error) {
    throw error instanceof WireError ? error : new WireError('the host key cannot be used', { cause: error });
  }
}

/** Up to where the key's own bits begin, an X.509 SubjectPublicKeyInfo is the same for all keys of a kind (RFC 8410, RFC 5480). */
const ed25519Header = Buffer.from('302a300506032b6570032100', 'hex');
const curves: {
  readonly [type: string]: {
    readonly name: string;
    readonly hash: string;
    readonly bytes: number;
    readonly header: Buffer;
  };
} = {
  'ecdsa-sha2-nistp256': {
    name: 'nistp256',
    hash: 'sha256',
    bytes: 32,
    header: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  },
  'ecdsa-sha2-nistp384': {
    name: 'nistp384',
    hash: 'sha384',
    bytes: 48,
    header: Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex'),
  },
  'ecdsa-sha2-nistp521': {
    name: 'nistp521',
    hash: 'sha512',
    bytes: 66,
    header: Buffer.from('30819b301006072a8648ce3d020106052b8104002303818600', 'hex'),
  },
};

function ed25519Key(point: Buffer): KeyObject {
  if (point.length !== 32) throw new WireError('the host key has the wrong length');
  return spki(ed25519Header, point);
}

function spki(header: Buffer, bits: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([header, bits]), format: 'der', type: 'spki' });
}

function rsaKey(reader: WireReader): KeyObject {
  const e = reader.string().toString('base64url');
  const n = reader.string().toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' });
}

/** Two mpints as two numbers of the curve's width. */
function fixedWidth(signature: Buffer, bytes: number): Buffer {
  const reader = new WireReader(signature);
  const both = Buffer.alloc(2 * bytes);
  for (const end of [bytes, 2 * bytes]) {
    let number = reader.string();
    while (number.length > bytes && number[0] === 0) number = number.subarray(1);
    if (number.length > bytes) throw new WireError('the signature is too long');
    both.set(number, end - number.length);
  }
  return both;
}
