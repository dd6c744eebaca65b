import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { drained } from '#cli/leave.js';
import { printAll } from '#cli/output.js';

/** A reader that takes one chunk each time it is told to. */
function slowReader() {
  const waiting: (() => void)[] = [];
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      waiting.push(done);
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, take: () => waiting.shift()?.(), text: () => text };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

it('makes the next lines only when the reader has taken those before', async () => {
  const reader = slowReader();
  let made = 0;
  function* lines() {
    for (; made < 100_000; made++) yield `line ${made}\n`;
  }
  let isOver = false;
  const printing = printAll(lines(), reader.stream).then(() => {
    isOver = true;
  });
  await soon();
  expect(made).toBeLessThan(10_000);
  while (!isOver) {
    reader.take();
    await soon();
  }
  await printing;
  expect(reader.text().split('\n')).toHaveLength(100_001);
});

it('makes no further line for a reader that has gone', async () => {
  const reader = slowReader();
  let made = 0;
  function* lines() {
    for (;;) yield `line ${made++}\n`;
  }
  const printing = printAll(lines(), reader.stream);
  await soon();
  reader.stream.destroy();
  await printing;
  expect(made).toBeLessThan(20_000);
});

it('waits for a reader that reads, and not for one that stopped', async () => {
  const reader = slowReader();
  for (let line = 0; line < 5; line++) reader.stream.write(`${line}`);
  const reading = setInterval(reader.take, 100);
  expect(await drained(reader.stream, 500)).toBe(true);
  clearInterval(reading);
  reader.stream.write('more');
  expect(await drained(reader.stream, 300)).toBe(false);
});
