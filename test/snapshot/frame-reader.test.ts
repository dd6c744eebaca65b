import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultFrameLimits, FrameReader } from '#snapshot/frame-reader.js';
import type { Frame } from '#snapshot/frames.js';

const nonce = '0123456789abcdef0123456789abcdef';
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function readAll(chunks: readonly (Uint8Array | string)[], limits = defaultFrameLimits): Frame[] {
  const reader = new FrameReader(nonce, limits);
  return chunks.flatMap((chunk) => reader.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk));
}

function sectionsOf(frames: readonly Frame[]) {
  return frames.flatMap((frame) => (frame.type === 'section' ? [frame.section] : []));
}

const ready = `\n@${nonce} ready 1\n`;
const command = (name: string, body: string, exit: number) =>
  `@${nonce} begin command ${name}\n${body}\n@${nonce} exit ${exit}\n@${nonce} end ok\n`;
const file = (name: string, body: string, attributes = ' mode=644 owner=root group=root size=5') =>
  `@${nonce} begin file ${name}${attributes}\n${body}\n@${nonce} end ok\n`;
const conversation =
  `Welcome!\nYou have mail@example.com\n${ready}` +
  `@${nonce} clock 0.000000001\n@${nonce} t 1 1763805971.123456789\n` +
  command('os', 'Debian 12\n', 0) +
  file('/etc/chrony/chrony.conf', 'pool a@b iburst\n@x\n\n') +
  command('chronyc', '506 Cannot talk to daemon', 1) +
  `@${nonce} begin file /none\n\n@${nonce} end absent\n` +
  `@${nonce} step file%20one changed\n@${nonce} idle\n@${nonce} done\n`;

describe('FrameReader', () => {
  it('gives out every kind of frame of a conversation', () => {
    const frames = readAll([conversation]);
    expect(frames.map((frame) => frame.type).join(' ')).toBe(
      'ready clock time section section section section step idle done',
    );
    expect(frames[2]).toEqual({ type: 'time', sequence: 1, hostSeconds: Number('1763805971.123456789') });
    expect(frames[7]).toEqual({ type: 'step', id: 'file one', state: 'changed' });
  });

  it('gives back a body byte for byte, without the line feed before the mark', () => {
    const [os, conf] = sectionsOf(readAll([conversation]));
    expect(os).toMatchObject({ name: 'os', exit: 0, state: 'ok', truncated: false, file: null });
    expect(textOf(os!.bytes)).toBe('Debian 12\n');
    expect(textOf(conf!.bytes)).toBe('pool a@b iburst\n@x\n\n');
    expect(conf!.file).toEqual({ mode: '644', owner: 'root', group: 'root', size: 5, target: null });
  });

  it('gives the same frames however the bytes are cut', () => {
    const bytes = bytesOf(conversation);
    const whole = readAll([bytes]);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (at) => {
        const edges = [0, ...at.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge));
        expect(readAll(chunks)).toEqual(whole);
      }),
    );
    expect(readAll([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('keeps any body whole that does not hold the nonce', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 1, max: 700 }), (body, size) => {
        const all = new Uint8Array([
          ...bytesOf(`${ready}@${nonce} begin values v\n`),
          ...body,
          ...bytesOf(`\n@${nonce} end ok\n`),
        ]);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
          all.slice(i * size, (i + 1) * size),
        );
        expect(sectionsOf(readAll(chunks)).map((section) => [...section.bytes])).toEqual([[...body]]);
      }),
    );
  });

  it('never throws, whatever a host prints', () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .constantFrom(
          '\n',
          '@',
          `@${nonce}`,
          `\n@${nonce} `,
          'ready 1\n',
          'begin file a mode=\n',
          'begin',
          'end',
          't 1 x',
        )
        .map(bytesOf),
      fc.constantFrom('begin command %zz%4\n', 'exit 999', 'step a\n', 'clock 0\n', 't 99999999999 1\n').map(bytesOf),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (chunks) => {
        for (const frame of readAll([ready, ...chunks])) expect(frame.type).toBeTypeOf('string');
      }),
    );
  });

  it('takes nothing before the shell is ready', () => {
    expect(readAll([`@${nonce} done\n${command('x', 'y', 0)}`])).toEqual([]);
  });

  it('takes no frame of another nonce and none in the middle of a line', () => {
    const other = nonce.replace('0', 'f');
    expect(readAll([ready, `@${other} done\nnoise @${nonce} done\n`]).map((frame) => frame.type)).toEqual(['ready']);
    expect(readAll([ready, 'noise ', `@${nonce} done\n`]).map((frame) => frame.type)).toEqual(['ready']);
  });

  it.each([124, 137])('calls a command that its deadline ended (%i) a timeout', (status) => {
    const [section] = sectionsOf(readAll([ready, command('slow', 'part', status)]));
    expect(section).toMatchObject({ state: 'timeout', exit: null });
    expect(textOf(section!.bytes)).toBe('part');
  });

  it('marks a command whose exit status was lost as cut', () => {
    const [section] = sectionsOf(readAll([`${ready}@${nonce} begin command big\nabc\n@${nonce} end ok\n`]));
    expect(section).toMatchObject({ exit: null, truncated: true });
  });

  it.each(['absent', 'denied', 'refused'] as const)('keeps the state %s', (state) => {
    const [section] = sectionsOf(readAll([`${ready}@${nonce} begin file /x\n\n@${nonce} end ${state}\n`]));
    expect(section).toMatchObject({ state, truncated: false, file: null });
  });

  it('reads a state it does not know as refused, never as fine', () => {
    const [section] = sectionsOf(readAll([`${ready}@${nonce} begin file /x\n\n@${nonce} end perfect\n`]));
    expect(section!.state).toBe('refused');
  });

  it('cuts a section at its bound and reads on behind it', () => {
    const huge = 'x'.repeat(300_000);
    for (const size of [1_000, 65_537, 1_000_000]) {
      const all = `${ready}${file('/big', huge)}${file('/small', 'ok')}@${nonce} done\n`;
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.slice(i * size, (i + 1) * size),
      );
      const frames = readAll(chunks);
      const [big, small] = sectionsOf(frames);
      expect(big!.truncated).toBe(true);
      expect(big!.bytes.length).toBe(65_536);
      expect(textOf(small!.bytes)).toBe('ok');
      expect(frames.at(-1)).toEqual({ type: 'done' });
    }
  });

  it('marks a file of exactly the bound as whole and one byte more as cut', () => {
    const at = (length: number) => sectionsOf(readAll([ready, file('/f', 'y'.repeat(length))]))[0];
    expect(at(65_536)).toMatchObject({ truncated: false });
    expect(at(65_537)).toMatchObject({ truncated: true });
  });

  it('stops reading when a host prints more than a conversation may have', () => {
    const reader = new FrameReader(nonce, { ...defaultFrameLimits, totalBytes: 10_000 });
    reader.push(bytesOf(ready));
    reader.push(new Uint8Array(20_000).fill(0x61));
    expect(reader.overflowed).toBe(true);
    expect(reader.push(bytesOf(`\n@${nonce} done\n`))).toEqual([]);
  });

  it('decodes names and attributes that were written as bytes', () => {
    const [section] = sectionsOf(
      readAll([ready, file('/etc/%c3%a9%20x', 'z', ' mode=4755 owner=a%20b group=g size=1 target=/t%0a')]),
    );
    expect(section!.name).toBe('/etc/é x');
    expect(section!.file).toEqual({ mode: '4755', owner: 'a b', group: 'g', size: 1, target: '/t\n' });
  });

  it('does not guess attributes that the host could not say', () => {
    const [section] = sectionsOf(readAll([ready, file('/x', 'z', ' mode=? owner=? group=? size=?')]));
    expect(section!.file).toBeNull();
  });

  it('ignores clock answers that are no decimal numbers', () => {
    const frames = readAll([ready, `@${nonce} t 1 1,5\n@${nonce} t x 1.5\n@${nonce} clock -1\n@${nonce} clock 1e9\n`]);
    expect(frames).toHaveLength(1);
  });
});
