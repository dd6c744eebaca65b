import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

// Real systemd hosts, as root: see test/lab/README.md. One file at a time: they share a bridge and the machine's two cores.
const lab = mergeConfig(
  base,
  defineConfig({ test: { fileParallelism: false, testTimeout: 300_000, hookTimeout: 600_000 } }),
);
lab.test = { ...lab.test, include: ['test/lab/**/*.test.ts'], exclude: ['node_modules/**'] };

export default lab;
