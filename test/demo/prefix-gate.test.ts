import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outside, prefixGate } from '#demo/prefix-gate.js';

const ROOT = '/demo/hosts/web01/root';
const BIN = '/demo/hosts/web01/bin';
const GOOD = `root=${ROOT}\nbin=${BIN}\n`;

/** What came through, and why it was refused. */
async function through(text: string, cuts: readonly number[] = []): Promise<{ text: string; reason: string | null }> {
  let reason: string | null = null;
  const gate = prefixGate(ROOT, BIN, (why) => {
    reason = why;
  });
  const points = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort((a, b) => a - b);
  const chunks = points.slice(1).map((end, index) => Buffer.from(text.slice(points[index], end), 'latin1'));
  const out = await buffer(Readable.from(chunks.length > 0 ? chunks : [Buffer.alloc(0)]).pipe(gate));
  return { text: out.toString('latin1'), reason };
}

test('a program whose parameters keep it below the host goes through whole, however it is cut', async () => {
  const text = `password\n${GOOD}path=/etc/x\n\necho 1\n\nroot=/\n`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), async (cuts) => {
      expect(await through(text, cuts)).toEqual({ text, reason: null });
    }),
  );
});

test('the program never goes through without them, however it is cut', async () => {
  const headers = [
    '',
    `bin=${BIN}\n`,
    `root=${ROOT}\n`,
    `root=\nbin=${BIN}\n`,
    `${GOOD}root=\n`,
    `${GOOD}root=/\n`,
    `${GOOD}bin=/usr/bin\n`,
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...headers), fc.array(fc.nat()), async (header, cuts) => {
      const passed = await through(`${header}\nPROGRAM`, cuts);
      expect(passed.reason).not.toBeNull();
      expect(passed.text).not.toContain('P');
    }),
  );
});

test('parameters without an end are refused after 64 KiB', async () => {
  const passed = await through('x'.repeat(70_000), [1_000, 66_000]);
  expect(passed.reason).toBe('the parameters never end');
});

test('the reason names the parameter', () => {
  expect(outside(GOOD, ROOT, BIN)).toBeNull();
  expect(outside('', ROOT, BIN)).toBe('the parameter root is missing');
  expect(outside(`root=${ROOT}\nbin=\n`, ROOT, BIN)).toBe("the parameter bin is not this host's folder");
});
