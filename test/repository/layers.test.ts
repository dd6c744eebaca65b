import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'tsync-layers-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Runs the layer check on a small tree with these files. */
function check(files: Record<string, string>): { status: number | null; output: string } {
  rmSync(join(tree, 'src'), { recursive: true, force: true });
  for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json', 'tsconfig.test.json', 'package.json'])
    cpSync(join(top, name), join(tree, name));
  rmSync(join(tree, 'node_modules'), { force: true });
  symlinkSync(join(top, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const { status, stdout, stderr } = spawnSync(
    join(top, 'node_modules/.bin/depcruise'),
    ['--config', '.dependency-cruiser.mjs', 'src'],
    { cwd: tree, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

describe('the layer check', () => {
  it('accepts an import from a layer above', () => {
    const { status, output } = check({
      'src/errors/a.ts': 'export const a = 1;\n',
      'src/plan/b.ts': "import { a } from '#errors/a.js';\nexport const b = a;\n",
    });
    expect(output).toContain('no dependency violations');
    expect(output).toContain('2 modules');
    expect(status).toBe(0);
  });

  it.each([
    [
      'an import from a layer below',
      'layer-errors',
      {
        'src/errors/a.ts': "import { b } from '#plan/b.js';\nexport const a = b;\n",
        'src/plan/b.ts': 'export const b = 1;\n',
      },
    ],
    [
      'a type from a layer below',
      'layer-facts',
      {
        'src/facts/a.ts': "import type { B } from '#tui/b.js';\nexport type A = B;\n",
        'src/tui/b.ts': 'export type B = 1;\n',
      },
    ],
    [
      'a cycle of types',
      'no-cycles',
      {
        'src/run/a.ts': "import type { B } from './b.js';\nexport type A = B | 1;\n",
        'src/run/b.ts': "import type { A } from './a.js';\nexport type B = A | 2;\n",
      },
    ],
    [
      'the file system above the line',
      'pure-core',
      { 'src/report/a.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n" },
    ],
    [
      'ssh2 outside of transport',
      'ssh2-in-transport',
      { 'src/engine/a.ts': "import { Client } from 'ssh2';\nexport const a = Client;\n" },
    ],
    [
      'an import that does not resolve',
      'no-unresolvable',
      { 'src/cli/a.ts': "import { b } from '#cli/missing.js';\nexport const a = b;\n" },
    ],
  ])('refuses %s', (_what, rule, files) => {
    const { status, output } = check(files as Record<string, string>);
    expect(output).toContain(rule);
    expect(status).not.toBe(0);
  });
});
