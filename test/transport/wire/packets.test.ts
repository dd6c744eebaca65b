import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CipherKeys, cipherKeyBytes, PacketReader, PacketWriter } from '#transport/wire/packets.js';
import { WireError } from '#transport/wire/wire.js';

const keysOf = (cipher: string): CipherKeys => ({
  cipher,
  key: randomBytes(cipherKeyBytes[cipher] ?? 0),
  // a counter that carries over soon
  iv: Buffer.from('00010203fffffffffffffffd', 'hex'),
});

function readAll(reader: PacketReader, stream: Buffer, cuts: readonly number[]): Buffer[] {
  const found: Buffer[] = [];
  const shared = Buffer.alloc(stream.length);
  let from = 0;
  for (const cut of [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b)) {
    const length = stream.copy(shared, 0, from, cut);
    reader.push(shared.subarray(0, length));
    for (let next = reader.next(); next !== null; next = reader.next()) found.push(next);
    reader.settle();
    shared.fill(0xee);
    from = cut;
  }
  return found;
}

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe.each(['plain', ...Object.keys(cipherKeyBytes)])('packets, %s', (cipher) => {
  function both() {
    const writer = new PacketWriter();
    const reader = new PacketReader();
    if (cipher !== 'plain') {
      const keys = keysOf(cipher);
      writer.encryptWith(keys);
      reader.decryptWith(keys);
    }
    return { writer, reader };
  }

  it('bring every message, however the stream is cut and though its buffer is used again', () => {
    fc.assert(
      fc.property(payloads, cuts, (messages, where) => {
        const { writer, reader } = both();
        const stream = Buffer.concat(messages.flatMap((message) => writer.pack(Buffer.from(message))));
        const found = readAll(reader, stream, where);
        expect(found.map((message) => message.toString('hex'))).toEqual(
          messages.map((message) => Buffer.from(message).toString('hex')),
        );
      }),
    );
  });

  it('have at least four bytes of padding and whole blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (bytes) => {
        const { writer } = both();
        const packet = Buffer.concat(writer.pack(Buffer.alloc(bytes, 5)));
        const length = packet.readUInt32BE(0);
        expect((length + (cipher === 'plain' ? 4 : 0)) % (cipher === 'plain' ? 8 : 16)).toBe(0);
        expect(length).toBeGreaterThanOrEqual(bytes + 1 + 4);
      }),
    );
  });

  it('are refused when their length cannot be', () => {
    for (const length of [0, 4, 13, 40_016, 0xffff_fff0]) {
      const { reader } = both();
      const start = Buffer.alloc(64);
      start.writeUInt32BE(length);
      reader.push(start);
      expect(() => reader.next()).toThrow(WireError);
    }
  });

  it.skipIf(cipher === 'plain')('are refused when a single bit changed on the way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), (message, at) => {
        const { writer, reader } = both();
        const packet = Buffer.concat(writer.pack(Buffer.from(message)));
        const bit = 32 + (at % ((packet.length - 4) * 8));
        packet[bit >> 3] = (packet[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        reader.push(packet);
        expect(() => reader.next()).toThrow('changed on its way');
      }),
    );
  });
});

describe('the line before the packets', () => {
  it('may come in pieces, and what follows it is kept', () => {
    const writer = new PacketWriter();
    const reader = new PacketReader();
    reader.push(Buffer.from('SSH-2.0-x'));
    expect(reader.line(100)).toBeNull();
    reader.settle();
    reader.push(Buffer.concat([Buffer.from('y\r\n'), ...writer.pack(Buffer.from('abc'))]));
    expect(reader.line(100)).toBe('SSH-2.0-xy');
    expect(reader.next()?.toString()).toBe('abc');
  });

  it('is refused when it does not end', () => {
    const reader = new PacketReader();
    reader.push(Buffer.alloc(200, 65));
    expect(() => reader.line(100)).toThrow(WireError);
  });
});
