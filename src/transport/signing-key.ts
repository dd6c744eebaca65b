import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { parseKey } from './ssh2-parts.js';

/** A user key that can sign, parsed once for all hosts. */
export interface SigningKey {
  /** `/home/me/.ssh/id_ed25519` or `agent: COMMENT`, to be shown. */
  readonly label: string;
  readonly from: 'file' | 'agent';
  /** What ssh2 takes as a key. */
  readonly key: ParsedKey;
  /** Gives the raw signature; `hash` is `sha256` for RSA keys, `sha1` only with legacy hosts, undefined for the others. */
  sign(data: Buffer, hash: string | undefined): Promise<Buffer> | Buffer;
}

/** What came of a key file's text. */
export type ParsedKeyFile =
  | { readonly status: 'key'; readonly key: SigningKey }
  | { readonly status: 'encrypted' }
  | { readonly status: 'public' }
  | { readonly status: 'unusable'; readonly reason: string };

/**
 * Parses a private key: OpenSSH's format, PEM of old, PuTTY's through ssh2; PKCS#8 through node:crypto, because ssh2 does not read it.
 *
 * @param passphrase null: none was asked for yet, then an encrypted key says so
 */
export function parseSigningKey(text: string, label: string, passphrase: string | null): ParsedKeyFile {
  try {
    return /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)
      ? parsePkcs8(text, label, passphrase)
      : parseBySsh2(text, label, passphrase);
  } catch (error) {
    return { status: 'unusable', reason: passphrase === null ? messageOf(error) : 'the passphrase is wrong' };
  }
}

/** A key that the agent keeps: `signWith` asks it. */
export function agentSigningKey(key: ParsedKey, signWith: SigningKey['sign']): SigningKey {
  return { label: `agent: ${key.comment || key.type}`, from: 'agent', key: asPrivate(key), sign: signWith };
}

function parseBySsh2(text: string, label: string, passphrase: string | null): ParsedKeyFile {
  const parsed = passphrase === null ? parseKey(text) : parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) {
    if (/encrypted .*no passphrase given/i.test(key?.message ?? '')) return { status: 'encrypted' };
    return {
      status: 'unusable',
      reason: passphrase === null ? (key?.message ?? 'no key in it') : 'the passphrase is wrong',
    };
  }
  if (!key.isPrivateKey()) return { status: 'public' };
  return { status: 'key', key: fileKey(label, key, createPrivateKey(key.getPrivatePEM())) };
}

function parsePkcs8(text: string, label: string, passphrase: string | null): ParsedKeyFile {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(text) && passphrase === null) return { status: 'encrypted' };
  const secret = createPrivateKey(passphrase === null ? text : { key: text, passphrase });
  const publicPart = publicKeyOf(secret);
  if (publicPart === null)
    return { status: 'unusable', reason: `a key of type ${secret.asymmetricKeyType} cannot be used with SSH` };
  return { status: 'key', key: fileKey(label, asPrivate(publicPart), secret) };
}

function publicKeyOf(secret: KeyObject): ParsedKey | null {
  const type = secret.asymmetricKeyType;
  const text =
    type === 'rsa'
      ? secret.export({ type: 'pkcs1', format: 'pem' })
      : type === 'ec'
        ? secret.export({ type: 'sec1', format: 'pem' })
        : type === 'ed25519'
          ? ed25519Line(secret)
          : null;
  const parsed = text === null ? null : parseKey(text);
  return parsed === null || parsed instanceof Error ? null : parsed;
}

function ed25519Line(secret: KeyObject): string {
  const wire = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const point = Buffer.from(secret.export({ format: 'jwk' }).x ?? '', 'base64url');
  return `ssh-ed25519 ${Buffer.concat([wire(Buffer.from('ssh-ed25519')), wire(point)]).toString('base64')}`;
}

/** The secret is parsed once; ssh2's own `sign` would parse its PEM for every host. */
function fileKey(label: string, key: ParsedKey, secret: KeyObject): SigningKey {
  return { label, from: 'file', key, sign: (data, hash) => sign(hash ?? digestOf(key.type), data, secret) };
}

/** ECDSA's digest belongs to the curve (RFC 5656, 6.2.1); Ed25519 has none of its own. */
function digestOf(type: string): string | null {
  const digests: { readonly [type: string]: string } = {
    'ecdsa-sha2-nistp256': 'sha256',
    'ecdsa-sha2-nistp384': 'sha384',
    'ecdsa-sha2-nistp521': 'sha512',
  };
  return digests[type] ?? null;
}

/** ssh2 wants a private key in `authHandler`, but signing is ours: a public one is enough. */
function asPrivate(key: ParsedKey): ParsedKey {
  return key.isPrivateKey() ? key : Object.create(key, { isPrivateKey: { value: () => true } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
