import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

// Real systemd hosts, as root: see test/lab/README.md. Each file has hosts of its own. Most files wait for them most of the time, and run two at
// a time; the proofs keep every processor busy and run alone, after the others.
// vitest takes this variable before it looks at `maxWorkers`.
delete process.env.VITEST_MAX_WORKERS;
const proofs = ['test/lab/proof/**/*.test.ts', 'test/lab/vm/**/*.test.ts'];
// In CI nothing may be skipped, and the emulated machine is no part of it.
const emulated = process.env.CI && process.env.TSYNC_LAB_VM !== '1' ? ['test/lab/vm/**'] : [];

const project = (name: string, order: number, workers: number, include: string[], exclude: string[]) => ({
  ...base,
  test: {
    ...base.test,
    name,
    include,
    exclude: ['node_modules/**', ...exclude],
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    maxWorkers: workers,
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  test: {
    projects: [project('hosts', 0, 2, ['test/lab/**/*.test.ts'], proofs), project('proofs', 1, 1, proofs, emulated)],
  },
});
