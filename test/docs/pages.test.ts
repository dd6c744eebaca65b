import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandsPage, errorsPage } from './pages.js';

const page = (name: string) => fileURLToPath(new URL(`../../docs/reference/${name}`, import.meta.url));

describe('the reference pages that are made from the code', () => {
  it('docs/reference/commands.md is as the help is', async () => {
    await expect(commandsPage()).toMatchFileSnapshot(page('commands.md'));
  });

  it('docs/reference/errors.md is as the catalog is', async () => {
    await expect(errorsPage()).toMatchFileSnapshot(page('errors.md'));
  });
});
