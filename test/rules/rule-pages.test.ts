import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compliancePage, rulesPage } from './rule-pages.js';

const page = (name: string) => fileURLToPath(new URL(`../../docs/reference/${name}`, import.meta.url));

describe('the pages that are made from the code', () => {
  it('docs/reference/rules.md is as the rules are', async () => {
    await expect(rulesPage()).toMatchFileSnapshot(page('rules.md'));
  });

  it('docs/reference/compliance.md is as the table of compliance is', async () => {
    await expect(compliancePage()).toMatchFileSnapshot(page('compliance.md'));
  });
});
