import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultFrameLimits, type FrameLimits, FrameReader } from '#conversation/frame-reader.js';
import type { Frame } from '#conversation/frames.js';
import { knownSections } from '#conversation/known-sections.js';

const nonce = '0123456789abcdef0123456789abcdef';
const token = 'fedcba9876543210fedcba9876543210';
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const readerOf = (limits: Partial<FrameLimits> = {}) =>
  new FrameReader({ token, nonce }, knownSections('settle'), { ...defaultFrameLimits, ...limits });

/** Everything that a reader makes of these chunks; `violation` last where there was one. */
function readAll(chunks: readonly (Uint8Array | string)[], limits: Partial<FrameLimits> = {}): Frame[] {
  const reader = readerOf(limits);
  const frames = chunks.flatMap((chunk) => reader.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk));
  expect(reader.violation).toBeNull();
  return frames;
}

/** What is wrong with a conversation that goes on with this text after READY. */
function violationOf(...chunks: readonly (string | Uint8Array)[]): string | null {
  const reader = readerOf();
  for (const chunk of [ready, ...chunks]) reader.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk);
  return reader.violation;
}

const sectionsOf = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.type === 'section' ? [frame.section] : []));

const ready = `\n@${token} ready 2\n`;
const section = (words: string, body: string, more = '') =>
  `@${nonce} section ${words} ${bytesOf(body).length}${more}\n${body}\n`;
const file = (name: string, body: string, attributes = ' mode=644 owner=root group=root size=5') =>
  section(`file ${name} ok`, body, attributes);
const conversation =
  `Welcome!\nYou have mail@example.com\n${ready}` +
  `@${nonce} clock 0.000000001\n@${nonce} t 1 1763805971.123456789\n` +
  section('command uname ok', 'Debian 12\n', ' exit=0') +
  file('/etc/chrony/chrony.conf', 'pool a@b iburst\n@x\n\n') +
  section('command tracking ok', '506 Cannot talk to daemon', ' exit=1') +
  section('file /none absent', '') +
  `@${nonce} step file%20one changed\n@${nonce} idle\n@${nonce} done\n`;

const cutInto = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));

describe('FrameReader', () => {
  it('gives out every kind of frame of a conversation', () => {
    const frames = readAll([conversation]);
    expect(frames.map((frame) => frame.type).join(' ')).toBe(
      'ready clock time section section section section step idle done',
    );
    expect(frames[0]).toEqual({ type: 'ready', protocol: 2 });
    expect(frames[2]).toEqual({ type: 'time', sequence: 1, hostSeconds: Number('1763805971.123456789') });
    expect(frames[7]).toEqual({ type: 'step', id: 'file one', state: 'changed' });
  });

  it('gives back a body byte for byte', () => {
    const [os, conf] = sectionsOf(readAll([conversation]));
    expect(os).toMatchObject({ name: 'uname', exit: 0, state: 'ok', truncated: false, file: null });
    expect(textOf(os?.bytes)).toBe('Debian 12\n');
    expect(textOf(conf?.bytes)).toBe('pool a@b iburst\n@x\n\n');
    expect(conf?.file).toEqual({ mode: '644', owner: 'root', group: 'root', size: 5, target: null, writers: null });
  });

  it('gives the same frames however the bytes are cut', () => {
    const bytes = bytesOf(conversation);
    const whole = readAll([bytes]);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (at) => {
        const edges = [0, ...at.sort((a, b) => a - b), bytes.length];
        expect(readAll(edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge)))).toEqual(whole);
      }),
    );
    expect(readAll(cutInto(bytes, 1))).toEqual(whole);
  });

  it('keeps any body whole, also one that is made of frames of this very conversation', () => {
    const pieces = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
      fc
        .constantFrom(
          '\n',
          `\n@${nonce} done\n`,
          `@${nonce} section file /etc/passwd ok 0\n\n`,
          `\n@${nonce} section values processes ok 9\n`,
          `@${token} ready 2\n`,
        )
        .map(bytesOf),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.integer({ min: 1, max: 700 }), (parts, size) => {
        const body = Buffer.concat(parts);
        const all = Buffer.concat([
          bytesOf(`${ready}@${nonce} section values processes ok ${body.length}\n`),
          body,
          bytesOf(`\n@${nonce} done\n`),
        ]);
        const frames = readAll(cutInto(new Uint8Array(all), size));
        expect(frames.map(({ type }) => type)).toEqual(['ready', 'section', 'done']);
        expect(Buffer.from(sectionsOf(frames)[0]?.bytes ?? []).equals(body)).toBe(true);
      }),
    );
  });

  it('never throws, whatever a host prints', () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .constantFrom('\n', '@', `@${nonce}`, `\n@${nonce} `, 'ready 2\n', 'section file a ok 1\n', 'section', 't 1 x')
        .map(bytesOf),
      fc
        .constantFrom('section values %zz ok 4\n', 'exit=999', 'step a\n', 'clock 0\n', 't 99999999999 1\n')
        .map(bytesOf),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (chunks) => {
        const reader = readerOf();
        for (const frame of [ready, ...chunks].flatMap((chunk) =>
          reader.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk),
        ))
          expect(frame.type).toBeTypeOf('string');
      }),
    );
  });

  it('takes nothing before the shell is ready, and no READY that is marked with the nonce', () => {
    expect(readAll([`@${nonce} done\n${file('/x', 'y')}`])).toEqual([]);
    expect(readAll([`@${nonce} ready 2\n@${nonce} done\n`])).toEqual([]);
  });

  it('takes no frame that is marked with the token, which everybody on the host can read', () => {
    const forged = `@${token} section values processes ok 4\nevil\n@${token} step transaction confirmed\n@${token} done\n`;
    expect(readAll([ready, forged]).map((frame) => frame.type)).toEqual(['ready']);
  });

  it('takes no frame of another nonce and none in the middle of a line', () => {
    const other = nonce.replace('0', 'f');
    expect(readAll([ready, `@${other} done\nnoise @${nonce} done\n`]).map((frame) => frame.type)).toEqual(['ready']);
    expect(readAll([ready, 'noise ', `@${nonce} done\n`]).map((frame) => frame.type)).toEqual(['ready']);
  });

  it('keeps what came before the deadline of a command ended it', () => {
    const [slow] = sectionsOf(readAll([ready, section('command uname timeout', 'part')]));
    expect(slow).toMatchObject({ state: 'timeout', exit: null, truncated: false });
    expect(textOf(slow?.bytes)).toBe('part');
  });

  it('marks a command whose exit status was lost as cut', () => {
    const [big] = sectionsOf(readAll([ready, section('command uname ok', 'abc')]));
    expect(big).toMatchObject({ exit: null, truncated: true });
  });

  it('reads no exit status out of what a command printed', () => {
    const body = `x\n@${nonce} exit 0\n@exit 0\nexit=0`;
    const [cut] = sectionsOf(readAll([ready, section('command uname ok', body, ' cut=yes')]));
    expect(cut).toMatchObject({ exit: null, truncated: true });
  });

  it.each(['absent', 'denied', 'refused'] as const)('keeps the state %s', (state) => {
    const [one] = sectionsOf(readAll([ready, section(`file /x ${state}`, '')]));
    expect(one).toMatchObject({ state, truncated: false, file: null });
  });

  it('marks a file of exactly the bound as whole and one byte more as cut', () => {
    const at = (length: number) => sectionsOf(readAll([ready, file('/f', 'y'.repeat(length))]))[0];
    expect(at(65_536)).toMatchObject({ truncated: false });
    expect(at(65_537)).toMatchObject({ truncated: true });
    expect(at(65_537)?.bytes.length).toBe(65_536);
  });

  it('reads bytes that were told as hexadecimal digits, as od prints them', () => {
    const hex = (body: string) => readAll([ready, section('values cmdline:7 ok', body, ' encoding=hex')]);
    expect([...(sectionsOf(hex(' 00 ff 0a\n 40'))[0]?.bytes ?? [])]).toEqual([0, 255, 10, 64]);
    expect(sectionsOf(hex(''))[0]?.bytes).toHaveLength(0);
    const long = Array.from({ length: 65_537 }, () => ' 00').join('');
    expect(sectionsOf(hex(long))[0]).toMatchObject({ truncated: true });
  });

  it('decodes names and attributes that were written as bytes', () => {
    const [one] = sectionsOf(
      readAll([ready, file('/etc/%c3%a9%20x', 'z', ' mode=4755 owner=a%20b group=g size=1 target=/t%0a')]),
    );
    expect(one?.name).toBe('/etc/é x');
    expect(one?.file).toEqual({ mode: '4755', owner: 'a b', group: 'g', size: 1, target: '/t\n', writers: null });
  });

  it('does not guess attributes that the host could not say', () => {
    const [one] = sectionsOf(readAll([ready, file('/x', 'z', ' mode=? owner=? group=? size=?')]));
    expect(one?.file).toBeNull();
  });
});

describe('what no program of ours prints', () => {
  const good = section('values processes ok', 'looked\n');
  it.each([
    ['a section twice', `${good}${good}`, 'twice'],
    ['a section twice, of another kind', `${file('/etc/a', 'a')}${section('file /etc/a absent', '')}`, 'twice'],
    ['a section that nobody asked for', section('values processe ok', ''), 'nobody asked'],
    ['a known name of another kind', section('command processes ok', '', ' exit=0'), 'nobody asked'],
    ['a file without its whole path', file('etc/passwd', ''), 'nobody asked'],
    ['work on packages in a verification', section('command preview:all ok', '', ' exit=0'), 'nobody asked'],
    [
      'a body that is shorter than it says',
      `@${nonce} section values processes ok 9\nlooked\n@${nonce} done\n`,
      'length',
    ],
    ['a body that is longer than it says', `@${nonce} section values processes ok 3\nlooked\n`, 'length'],
    ['a body of more than a section has', `@${nonce} section values processes ok 65538\n`, 'none'],
    ['a length that is no number', `@${nonce} section values processes ok -1\n\n`, 'none'],
    ['a length in another base', `@${nonce} section values processes ok 0x1\na\n`, 'none'],
    ['a state that there is not', section('values processes perfect', ''), 'none'],
    ['a kind that there is not', section('secret processes ok', ''), 'none'],
    ['an attribute twice', file('/x', 'a', ' size=1 size=2'), 'none'],
    ['digits that are none', section('values cmdline:1 ok', 'zz', ' encoding=hex'), 'cannot have'],
    ['half a byte', section('values cmdline:1 ok', '0', ' encoding=hex'), 'cannot have'],
    ['a body with a NUL', section('values links:/etc/systemd/system ok', 'l a.service -> /b\0c\n'), 'cannot have'],
    ['a target with a NUL', file('/x', 'a', ' target=/a%00b'), 'none'],
    ['a step with a NUL', `@${nonce} step a%00 b\n`, 'none'],
    ['a frame of the first protocol', `@${nonce} begin values processes\n`, 'none'],
    ['a frame without a type', `@${nonce} \n`, 'none'],
    ['a second READY', `@${nonce} ready 2\n`, 'none'],
    ['a step without a state', `@${nonce} step a\n`, 'none'],
    ['a step of many words', `@${nonce} step a b c\n`, 'none'],
    ['a name with a raw byte', `@${nonce} section file /\x1b[2J ok 0\n\n`, 'none'],
    ['a time with a comma', `@${nonce} t 1 1,5\n`, 'none'],
    ['a clock without a resolution', `@${nonce} clock 0\n`, 'none'],
    ['a line without an end', `@${nonce} step ${'x'.repeat(40_000)}`, 'no end'],
    ['a section after the end', `@${nonce} done\n${good}`, 'after its end'],
    ['a step after the end', `@${nonce} done\n@${nonce} step transaction confirmed\n`, 'after its end'],
    ['a second end', `@${nonce} done\n@${nonce} done\n`, 'after its end'],
  ])('%s: the host is not believed', (_title, text, said) => {
    expect(violationOf(text)).toContain(said);
    expect(violationOf(...cutInto(bytesOf(text), 7))).toContain(said);
  });

  it('is given out in no part once it was seen', () => {
    const reader = readerOf();
    const frames = reader.push(bytesOf(`${ready}${good}${good}@${nonce} step a b\n`));
    expect(frames.map(({ type }) => type)).toEqual(['ready', 'section']);
    expect(reader.push(bytesOf(`@${nonce} done\n`))).toEqual([]);
  });

  it('may be asked for a section again, and answers to the clock after its end', () => {
    const reader = readerOf();
    reader.push(bytesOf(`${ready}${good}@${nonce} idle\n`));
    reader.answerBegins();
    expect(reader.push(bytesOf(`${good}@${nonce} done\n@${nonce} t 1 5\n`)).map(({ type }) => type)).toEqual([
      'section',
      'done',
      'time',
    ]);
    expect(reader.violation).toBeNull();
  });

  it('may say nothing but steps where a program prints no section', () => {
    const reader = new FrameReader({ token, nonce }, knownSections('apply'));
    reader.push(bytesOf(`${ready}@${nonce} step precheck ok\n${good}`));
    expect(reader.violation).toContain('nobody asked');
  });
});

describe('the bounds of an answer', () => {
  it.each([
    ['noise', 'noise\n'.repeat(2_000)],
    ['noise without an end', 'x'.repeat(20_000)],
    ['bodies', Array.from({ length: 12 }, (_, at) => file(`/f${at}`, 'y'.repeat(1_000))).join('')],
  ])('stops reading %s that are more than it may have', (_title, text) => {
    const reader = readerOf({ answerBytes: 10_000 });
    reader.push(bytesOf(ready));
    for (const chunk of cutInto(bytesOf(text), 1_000)) reader.push(chunk);
    expect(reader.overflowed).toBe(true);
    expect(reader.push(bytesOf(`\n@${nonce} done\n`))).toEqual([]);
  });

  it('begin anew only with a request of ours', () => {
    const reader = readerOf({ answerFrames: 10 });
    const idles = `@${nonce} idle\n`.repeat(8);
    reader.push(bytesOf(ready + idles));
    reader.answerBegins();
    reader.push(bytesOf(idles));
    expect(reader.overflowed).toBe(false);
    reader.push(bytesOf(idles));
    expect(reader.overflowed).toBe(true);
  });

  it('hold for the steps of a whole transaction', () => {
    const reader = readerOf();
    reader.push(bytesOf(ready));
    for (let at = 0; at < 10; at++) {
      reader.answerBegins();
      reader.push(bytesOf(`@${nonce} step a b\n`.repeat(1_000)));
    }
    expect(reader.overflowed).toBe(false);
    reader.push(bytesOf(`@${nonce} step a b\n`));
    expect(reader.overflowed).toBe(true);
  });
});
