import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

// Real systemd hosts, as root: see test/lab/README.md. Each file has hosts of its own, and most of its time it waits for them.
// vitest takes this variable before it looks at `maxWorkers`.
delete process.env.VITEST_MAX_WORKERS;
const lab = mergeConfig(base, defineConfig({ test: { maxWorkers: 2, testTimeout: 600_000, hookTimeout: 1_200_000 } }));
// In CI nothing may be skipped, and the emulated machine is no part of it.
const emulated = process.env.CI && process.env.TSYNC_LAB_VM !== '1' ? ['test/lab/vm/**'] : [];
lab.test = { ...lab.test, include: ['test/lab/**/*.test.ts'], exclude: ['node_modules/**', ...emulated] };

export default lab;
