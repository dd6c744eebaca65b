import { afterEach, expect, it, vi } from 'vitest';
import { buildProgram } from '#cli/program.js';

afterEach(() => vi.restoreAllMocks());

it.each(['abc', '1.5', '-1', '0', ''])('history refuses the number "%s" as wrong usage', async (number) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const parsed = buildProgram(() => undefined).parseAsync(['node', 'tsync', 'history', `--number=${number}`]);
  await expect(parsed).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  expect(said.mock.calls.join('')).toContain('It must be a whole number from 1 to 100000.');
});
