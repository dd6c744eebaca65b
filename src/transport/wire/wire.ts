/** A message that is not what RFC 4251 to 4254 say. The connection cannot go on after it. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Reads the data types of RFC 4251, section 5, one after the other. Every method throws `WireError` where the bytes end too early. */
export class WireReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  u8(): number {
    const at = this.#take(1);
    return this.#bytes[at] ?? 0;
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  flag(): boolean {
    return this.u8() !== 0;
  }

  /** A view of the message's own bytes. */
  string(): Buffer {
    const length = this.u32();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A string of ASCII; bytes above it become one character each. */
  text(): string {
    return this.string().toString('latin1');
  }

  /** A string in UTF-8, for people. */
  words(): string {
    return this.string().toString();
  }

  names(): string[] {
    return this.text().split(',');
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw new WireError('a message ended too early');
    this.#at = at + length;
    return at;
  }
}

/** Builds one message. */
export class WireWriter {
  #bytes: Buffer;
  #at = 0;

  /** @param type the message's number, RFC 4250, section 4.1.2; null: what is built is a part of a message */
  constructor(type: number | null, expectedBytes = 256) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
    if (type !== null) this.u8(type);
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u32(value: number): this {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32BE(value >>> 0, this.#at);
    return this;
  }

  flag(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** Bytes, or a text in UTF-8, with their length before them. */
  string(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return this.u32(bytes.length).raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#at + length));
    grown.set(this.bytes());
    this.#bytes = grown;
  }
}

/** A number that is not negative, as RFC 4251 writes an `mpint`: no zero bytes before it but one where its first bit is set. */
export function mpint(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const isSigned = ((digits[0] ?? 0) & 0x80) !== 0;
  return isSigned ? Buffer.concat([Buffer.of(0), digits]) : Buffer.from(digits);
}
