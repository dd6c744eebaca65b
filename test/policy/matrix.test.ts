import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '#settings/settings.js';
import { supportMatrix } from './matrix.js';
import { renderRow } from './matrix-golden.js';
import { supportMatrixPage, TRIED } from './matrix-page.js';

const matrix = supportMatrix();
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const named = matrix.map((row) => [row.host.row, row] as const);

describe('the support matrix', () => {
  it.each(named)('is as its golden file for %s', async (name, row) => {
    await expect(renderRow(row)).toMatchFileSnapshot(root(`test/golden/matrix/${name}.txt`));
  });

  it('has a golden file for each row, no other file, and every strategy in each', () => {
    const files = readdirSync(root('test/golden/matrix')).sort();
    expect(files).toEqual(matrix.map(({ host }) => `${host.row}.txt`).sort());
    for (const row of matrix) {
      const asked = [...renderRow(row).matchAll(/^== (\S+) -> /gm)].map((match) => match[1]);
      expect(asked, row.host.row).toEqual([...STRATEGIES]);
    }
  });

  it('is the page docs/reference/support-matrix.md', async () => {
    await expect(supportMatrixPage(matrix)).toMatchFileSnapshot(root('docs/reference/support-matrix.md'));
  });

  it('claims to be tried only for rows that exist, and only what the labs do', () => {
    expect(matrix.map(({ host }) => host.row)).toEqual(expect.arrayContaining(Object.keys(TRIED)));
    for (const tried of Object.values(TRIED)) {
      for (const [path, text] of Object.entries(tried?.shownBy ?? {})) {
        expect(readFileSync(root(path), 'utf8'), path).toContain(text);
      }
    }
  });
});
