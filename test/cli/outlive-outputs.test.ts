import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outliveOutputs } from '#cli/outlive-outputs.js';

const before = process.exitCode;
beforeEach(() => {
  process.exitCode = undefined;
});
afterEach(() => {
  process.exitCode = before;
});

function outputs() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const isDataLost = outliveOutputs(stdout as never, stderr as never);
  const fail = (stream: PassThrough, code: string) =>
    stream.emit('error', Object.assign(new Error(`${code}: it failed`), { code }));
  return { stdout, stderr, isDataLost, fail };
}

it.each(['EPIPE', 'EIO'])('a reader who went away (%s) ends nothing and is no failure', (code) => {
  const { stdout, stderr, isDataLost, fail } = outputs();
  fail(stdout, code);
  fail(stderr, code);
  expect([isDataLost(), process.exitCode, stderr.read()]).toEqual([false, undefined, null]);
});

it('data that could not be written is said once and ends with 1', () => {
  const { stdout, stderr, isDataLost, fail } = outputs();
  fail(stdout, 'ENOSPC');
  fail(stdout, 'ENOSPC');
  expect(isDataLost()).toBe(true);
  expect(process.exitCode).toBe(1);
  expect(String(stderr.read())).toBe('error: standard output could not be written: ENOSPC: it failed\n');
});

it('messages that nobody can read are no failure', () => {
  const { stderr, isDataLost, fail } = outputs();
  fail(stderr, 'ENOSPC');
  expect([isDataLost(), process.exitCode]).toEqual([false, undefined]);
});
