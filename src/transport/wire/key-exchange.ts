import {
  createECDH,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { isSignedByHost } from './host-signature.js';
import { message } from './message.js';
import { type CipherKeys, cipherKeyBytes } from './packets.js';
import { mpint, WireError, WireReader, WireWriter } from './wire.js';

/** What both sides agreed on. */
export interface Agreed {
  readonly kex: string;
  readonly hostKey: string;
  readonly toHost: string;
  readonly fromHost: string;
  /** Both know OpenSSH's strict key exchange: nothing but the exchange itself may come before its end. */
  readonly strict: boolean;
  /** The host has sent a guess that does not count. */
  readonly ignoreNext: boolean;
}

const exchanges: { readonly [name: string]: 'x25519' | 'prime256v1' } = {
  'curve25519-sha256': 'x25519',
  'curve25519-sha256@libssh.org': 'x25519',
  'ecdh-sha2-nistp256': 'prime256v1',
};
const STRICT_CLIENT = 'kex-strict-c-v00@openssh.com';
const STRICT_HOST = 'kex-strict-s-v00@openssh.com';

/** Our list of algorithms as the message of RFC 4253, section 7.1. No list of extensions is asked for: it would be one packet more. */
export function kexInit(hostKeys: readonly string[]): Buffer {
  const ciphers = Object.keys(cipherKeyBytes).join(',');
  const writer = new WireWriter(message.kexInit, 512)
    .raw(randomBytes(16))
    .string([...Object.keys(exchanges), STRICT_CLIENT].join(','))
    .string(hostKeys.join(','));
  // The MACs are named for form's sake: none of our ciphers takes one.
  for (const list of [ciphers, ciphers, 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', '']) writer.string(list);
  return writer.flag(false).u32(0).bytes();
}

/** What follows from both lists: the first of ours that the host knows. Null: there is something without a common algorithm. */
export function agree(hostKeys: readonly string[], theirs: Buffer): Agreed | null {
  const reader = new WireReader(theirs, 1 + 16);
  const [kexes = [], keys = [], toHostList = [], fromHostList = []] = [0, 1, 2, 3].map(() => reader.names());
  for (let skipped = 0; skipped < 2; skipped++) reader.string();
  const compression = [reader.names(), reader.names()];
  for (let skipped = 0; skipped < 2; skipped++) reader.string();
  const guessed = reader.flag();
  const kex = firstCommon(Object.keys(exchanges), kexes);
  const hostKey = firstCommon(hostKeys, keys);
  const toHost = firstCommon(Object.keys(cipherKeyBytes), toHostList);
  const fromHost = firstCommon(Object.keys(cipherKeyBytes), fromHostList);
  if (!kex || !hostKey || !toHost || !fromHost || compression.some((names) => !names.includes('none'))) return null;
  const ignoreNext = guessed && (kexes[0] !== kex || keys[0] !== hostKey);
  return { kex, hostKey, toHost, fromHost, strict: kexes.includes(STRICT_HOST), ignoreNext };
}

function firstCommon(ours: readonly string[], theirs: readonly string[]): string | undefined {
  return ours.find((name) => theirs.includes(name));
}

/** What both sides said before the exchange; all of it is signed. */
export interface Said {
  readonly ourIdent: string;
  readonly theirIdent: string;
  readonly ourInit: Buffer;
  readonly theirInit: Buffer;
}

/** What an exchange gave. */
export interface Exchanged {
  readonly hostKey: Buffer;
  readonly hash: Buffer;
  /** As an mpint with its length. */
  readonly secret: Buffer;
}

/** One exchange by an elliptic curve (RFC 5656, section 4; RFC 8731), both with SHA-256. */
export class KeyExchange {
  readonly agreed: Agreed;
  readonly #half: Half;

  constructor(agreed: Agreed) {
    this.agreed = agreed;
    this.#half = exchanges[agreed.kex] === 'x25519' ? x25519Half() : p256Half();
  }

  init(): Buffer {
    return new WireWriter(message.ecdhInit, 80).string(this.#half.open).bytes();
  }

  /**
   * Takes the host's answer. `trusts` decides about the key before its signature is looked at.
   * Null: it does not trust the key. Throws `WireError` where the answer or its signature are wrong.
   */
  finish(reply: Buffer, said: Said, trusts: (hostKey: Buffer) => boolean): Exchanged | null {
    const reader = new WireReader(reply, 1);
    const hostKey = reader.string();
    const theirs = reader.string();
    const signature = reader.string();
    if (!trusts(hostKey)) return null;
    const secret = withLength(mpint(this.#half.secretWith(theirs)));
    const hash = createHash('sha256');
    for (const part of [
      Buffer.from(said.ourIdent, 'latin1'),
      Buffer.from(said.theirIdent, 'latin1'),
      said.ourInit,
      said.theirInit,
    ])
      hash.update(withLength(part));
    for (const part of [hostKey, this.#half.open, theirs]) hash.update(withLength(part));
    const digest = hash.update(secret).digest();
    if (!isSignedByHost(this.agreed.hostKey, hostKey, signature, digest))
      throw new WireError('the signature of the host is wrong');
    return { hostKey, hash: digest, secret };
  }
}

interface Half {
  /** What the host gets. */
  readonly open: Buffer;
  secretWith(theirs: Buffer): Buffer;
}

const x25519Header = Buffer.from('302a300506032b656e032100', 'hex');

function x25519Half(): Half {
  const { publicKey, privateKey } = generateKeyPairSync('x25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
  } as never) as unknown as { publicKey: Buffer; privateKey: KeyObject };
  return {
    open: publicKey.subarray(-32),
    secretWith: (theirs) => {
      if (theirs.length !== 32) throw new WireError('the key of the exchange has the wrong length');
      const key = Buffer.concat([x25519Header, theirs]);
      return orWireError(() =>
        diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) }),
      );
    },
  };
}

function p256Half(): Half {
  const curve = createECDH('prime256v1');
  return { open: curve.generateKeys(), secretWith: (theirs) => orWireError(() => curve.computeSecret(theirs)) };
}

/** OpenSSL refuses points that are none, and a secret of zeros (RFC 8731, section 3). */
function orWireError(compute: () => Buffer): Buffer {
  try {
    return compute();
  } catch (error) {
    throw new WireError('the key of the exchange cannot be used', { cause: error });
  }
}

/** The keys of RFC 4253, section 7.2; `letters` are those of the initial vector and of the key: `AC` to the host, `BD` from it. */
export function cipherKeys(exchanged: Exchanged, sessionId: Buffer, cipher: string, letters: 'AC' | 'BD'): CipherKeys {
  const derived = (letter: string, bytes: number) =>
    createHash('sha256')
      .update(exchanged.secret)
      .update(exchanged.hash)
      .update(letter)
      .update(sessionId)
      .digest()
      .subarray(0, bytes);
  const key = derived(letters[1] ?? '', cipherKeyBytes[cipher] ?? 0);
  return { cipher, key, iv: derived(letters[0] ?? '', 12) };
}

function withLength(bytes: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(4 + bytes.length);
  whole.writeUInt32BE(bytes.length, 0);
  whole.set(bytes, 4);
  return whole;
}
