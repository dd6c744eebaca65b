import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = fileURLToPath(new URL('./src/', import.meta.url));

/** What takes longest, longest first: one of these that began last would keep a single worker busy while the others have nothing left to do. */
const LONGEST = [
  'transaction-kill',
  'transaction-list',
  'transaction/transaction.test',
  'whole-line',
  'guard-word',
  'rooted',
  'hostile-fleet',
  'probe/probe',
  'image-tree',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((part) => moduleId.includes(part));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { alias: [{ find: /^#(.*)\.js$/, replacement: `${source}$1` }] },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/lab/**', 'node_modules/**'],
    testTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    // On a busy machine a second, the default, may go by before a shell has started.
    expect: { poll: { timeout: 30_000 } },
    // Most tests wait for a shell or a server of theirs: with two processors vitest would run one file at a time.
    maxWorkers: availableParallelism() + 1,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
  },
});
