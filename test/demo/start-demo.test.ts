import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Demo, startDemo } from '#demo/start-demo.js';

const folder = mkdtempSync(join(tmpdir(), 'tsync-demo-test-'));
let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ folder, fresh: true });
});
afterAll(async () => {
  await demo.close();
  if (!process.env.KEEP) rmSync(folder, { recursive: true, force: true });
});

test('writes', () => {
  console.log(folder);
  expect(demo.hosts.length).toBe(14);
});
