import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = fileURLToPath(new URL('./src/', import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^#(.*)\.js$/, replacement: `${source}$1` }] },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/lab/**', 'node_modules/**'],
    testTimeout: 120_000,
    // Most tests wait for a shell or a server of theirs: with two processors vitest would run one file at a time.
    maxWorkers: availableParallelism() + 1,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
  },
});
