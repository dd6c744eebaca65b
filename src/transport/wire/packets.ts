import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { WireError } from './wire.js';

/** The ciphers of RFC 5647 as OpenSSH names them: they need no MAC of their own. */
export const cipherKeyBytes: { readonly [name: string]: number } = {
  'aes128-gcm@openssh.com': 16,
  'aes256-gcm@openssh.com': 32,
};

export interface CipherKeys {
  readonly cipher: string;
  readonly key: Buffer;
  /** 12 bytes: four that stay and a counter of eight. */
  readonly iv: Buffer;
}

/** RFC 4253, 6.1 asks for 35,000 bytes; we take at most 32 KiB of data in one. */
const MOST_PACKET_BYTES = 40_000;
const TAG_BYTES = 16;
const PLAIN_BLOCK = 8;
const GCM_BLOCK = 16;

/** Puts messages into packets: plain until `encryptWith`. */
export class PacketWriter {
  #keys: CipherKeys | null = null;

  encryptWith(keys: CipherKeys): void {
    this.#keys = { ...keys, iv: Buffer.from(keys.iv) };
  }

  /** The packet as one or more pieces, to be sent in order. */
  pack(payload: Buffer): readonly Buffer[] {
    if (this.#keys === null) return [framed(payload, PLAIN_BLOCK, 4)];
    const packet = framed(payload, GCM_BLOCK, 0);
    const { cipher, key, iv } = this.#keys;
    const gcm = createCipheriv(opensslName(cipher), key, iv);
    const length = packet.subarray(0, 4);
    gcm.setAAD(length);
    const body = gcm.update(packet.subarray(4));
    gcm.final();
    countUp(iv);
    return [length, body, gcm.getAuthTag()];
  }
}

/** `length, padding length, message, padding`, with `lengthCounts` of the length's bytes counted into the blocks. */
function framed(payload: Buffer, block: number, lengthCounts: number): Buffer {
  const used = lengthCounts + 1 + payload.length;
  const missing = block - (used % block);
  const padding = missing < 4 ? missing + block : missing;
  const length = 1 + payload.length + padding;
  const packet = Buffer.allocUnsafe(4 + length);
  packet.writeUInt32BE(length, 0);
  packet[4] = padding;
  packet.set(payload, 5);
  const from = 5 + payload.length;
  if (lengthCounts === 0)
    packet.fill(0, from); // encrypted: RFC 4253, 6 wants random bytes, against attacks that GCM does not have
  else randomFillSync(packet, from);
  return packet;
}

/**
 * Takes messages out of a stream cut anywhere: plain until `decryptWith`. A message given out is a copy, or fresh from the
 * cipher. Throws `WireError` on a length that cannot be, and on a packet that was changed on its way.
 */
export class PacketReader {
  #keys: CipherKeys | null = null;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  decryptWith(keys: CipherKeys): void {
    this.#keys = { ...keys, iv: Buffer.from(keys.iv) };
  }

  /** The chunk may be used until `settle` is called. */
  push(chunk: Buffer): void {
    this.#bytes = this.#at === this.#bytes.length ? chunk : Buffer.concat([this.#bytes.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** Copies what is left: the chunk belongs to somebody else again. */
  settle(): void {
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#at));
    this.#at = 0;
  }

  /** The line of RFC 4253, section 4.2, without its end; null: it has not come whole. */
  line(most: number): string | null {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if ((end < 0 ? this.#bytes.length : end) - this.#at > most)
      throw new WireError('a line before the handshake is too long');
    if (end < 0) return null;
    const text = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  next(): Buffer | null {
    const at = this.#at;
    const left = this.#bytes.length - at;
    if (left < 4) return null;
    const length = this.#bytes.readUInt32BE(at);
    const keys = this.#keys;
    const block = keys === null ? PLAIN_BLOCK : GCM_BLOCK;
    const counted = keys === null ? length + 4 : length;
    if (length < 12 || length > MOST_PACKET_BYTES || counted % block !== 0)
      throw new WireError('a packet has a length that cannot be');
    const whole = 4 + length + (keys === null ? 0 : TAG_BYTES);
    if (left < whole) return null;
    this.#at = at + whole;
    const body = this.#bytes.subarray(at + 4, at + 4 + length);
    return unpadded(keys === null ? Buffer.from(body) : opened(keys, this.#bytes.subarray(at, at + whole), body));
  }
}

function opened(keys: CipherKeys, packet: Buffer, body: Buffer): Buffer {
  const gcm = createDecipheriv(opensslName(keys.cipher), keys.key, keys.iv);
  gcm.setAAD(packet.subarray(0, 4));
  gcm.setAuthTag(packet.subarray(packet.length - TAG_BYTES));
  const text = gcm.update(body);
  try {
    gcm.final();
  } catch {
    throw new WireError('a packet was changed on its way');
  }
  countUp(keys.iv);
  return text;
}

function unpadded(text: Buffer): Buffer {
  const padding = text[0] ?? 0;
  const end = text.length - padding;
  if (padding < 4 || end <= 1) throw new WireError('a packet has a padding that cannot be');
  return text.subarray(1, end);
}

function opensslName(cipher: string): 'aes-128-gcm' | 'aes-256-gcm' {
  return cipher === 'aes256-gcm@openssh.com' ? 'aes-256-gcm' : 'aes-128-gcm';
}

/** The counter of RFC 5647, section 7.1: the last eight bytes, as one number. */
function countUp(iv: Buffer): void {
  for (let i = 11; i >= 4; i--) {
    const next = ((iv[i] ?? 0) + 1) & 0xff;
    iv[i] = next;
    if (next !== 0) return;
  }
}
