import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mpint, WireError, WireReader, WireWriter } from '#transport/wire/wire.js';

describe('the data types of RFC 4251', () => {
  it('are read as they were written, whatever their sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.boolean(),
        fc.uint8Array({ maxLength: 700 }),
        fc.string(),
        (type, number, flag, bytes, text) => {
          const written = new WireWriter(type, 16).u32(number).flag(flag).string(bytes).string(text).bytes();
          const reader = new WireReader(written, 1);
          expect(written[0]).toBe(type);
          expect(reader.u32()).toBe(number);
          expect(reader.flag()).toBe(flag);
          expect([...reader.string()]).toEqual([...bytes]);
          expect(reader.words()).toBe(Buffer.from(text).toString());
        },
      ),
    );
  });

  it('never reach beyond the end of a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const reader = new WireReader(Buffer.from(bytes));
        try {
          for (;;) reader.string();
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });

  it.each([
    ['', ''],
    ['00', ''],
    ['0009a378f9b2e332a7', '09a378f9b2e332a7'],
    ['80', '0080'],
    ['000080', '0080'],
    ['7f', '7f'],
  ])('write the number %s as the mpint %s', (bytes, expected) => {
    expect(mpint(Buffer.from(bytes, 'hex')).toString('hex')).toBe(expected);
  });
});
