import { afterEach, describe, expect, it, vi } from 'vitest';
import { rules } from '#cli/commands/rules.js';
import { schema } from '#cli/commands/schema.js';
import { buildProgram } from '#cli/program.js';
import { RULES, ruleOf } from '#rules/rules.js';

afterEach(() => vi.restoreAllMocks());

/** What a command prints on standard output. */
async function printed(run: () => number | Promise<number>): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  expect(await run()).toBe(0);
  return text;
}

describe('tsync rules --json', () => {
  it('gives every rule with the items of compliance that it shows, and the table of these', async () => {
    const document = JSON.parse(await printed(() => rules({ json: true })));
    expect(document.schemaVersion).toBe(1);
    expect(document.rules.map((rule: { id: string }) => rule.id)).toEqual(RULES.map(({ id }) => id));
    const port = document.rules.find((rule: { id: string }) => rule.id === 'compliance/port');
    const { condition: _, ...words } = ruleOf('compliance/port');
    expect(port).toEqual({
      ...words,
      compliance: [
        'DISA STIG RHEL 8 RHEL-08-030741',
        'DISA STIG RHEL 9 RHEL-09-252025',
        'DISA STIG RHEL 10 RHEL-10-200542',
      ],
    });
    const finra = document.compliance.find((item: { item: string }) => item.item === '50 ms');
    expect(finra).toMatchObject({ rules: ['clock/offset'], limitSeconds: 0.05, shows: 'all' });
  });
});

describe('tsync schema', () => {
  it.each([
    ['inventory', 'inventory of tsync'],
    ['playbook', 'playbook of tsync'],
  ] as const)('prints the JSON Schema of an %s', async (what, title) => {
    const document = JSON.parse(await printed(() => schema(what)));
    expect(document).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title });
  });

  it('refuses any other kind of file', async () => {
    const program = buildProgram(() => {});
    for (const command of program.commands) command.configureOutput({ writeErr: () => {} });
    await expect(program.parseAsync(['node', 'tsync', 'schema', 'plan'])).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
