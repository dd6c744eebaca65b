import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isProcessAlive, processIdentity } from '#store/process-identity.js';

test('this process lives', () => {
  expect(isProcessAlive(processIdentity())).toBe(true);
});

test('a process that has ended does not', () => {
  const { pid } = spawnSync('true');
  expect(isProcessAlive(processIdentity(pid))).toBe(false);
});

test('another process with the same number is not the same process', () => {
  expect(isProcessAlive(`${process.pid} 1`)).toBe(false);
});

test('what is no identity is not alive', () => {
  expect(isProcessAlive('')).toBe(false);
  expect(isProcessAlive('-1')).toBe(false);
});
