import type { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { rules } from '#cli/commands/rules.js';
import { formatOf } from '#cli/options.js';
import { buildProgram } from '#cli/program.js';

const JUDGING = ['run', 'audit', 'plan', 'apply', 'rollback', 'resume', 'show', 'demo'];
const DOCUMENTS = ['facts', 'history', 'inventory', 'rules'];

/** The command line, with the command of that name made to keep its options instead of running. */
function parsed(name: string, ...argv: string[]): Record<string, unknown> {
  const program = buildProgram(() => {});
  const command = program.commands.find((one) => one.name() === name) as Command;
  command.configureOutput({ writeErr: () => {} }).action(() => {});
  program.parse(['node', 'tsync', name, ...argv]);
  return command.opts();
}

const argumentsOf = (name: string) => (['history', 'rules', 'demo'].includes(name) ? [] : ['x']);

describe('--format', () => {
  it.each(JUDGING)('gives what %s found as text, JSON, events or JUnit XML', (name) => {
    for (const format of ['text', 'json', 'jsonl', 'junit']) {
      expect(formatOf(parsed(name, ...argumentsOf(name), '--format', format))).toBe(format);
    }
    expect(formatOf(parsed(name, ...argumentsOf(name)))).toBe('text');
  });

  it.each(DOCUMENTS)('gives what %s tells as text or JSON', (name) => {
    expect(formatOf(parsed(name, ...argumentsOf(name), '--format', 'json'))).toBe('json');
    expect(() => parsed(name, ...argumentsOf(name), '--format', 'jsonl')).toThrow(/Allowed choices are text, json\./);
  });

  it.each(['guard', 'clean'])('refuses JUnit XML of %s, which judges nothing', (name) => {
    expect(() => parsed(name, 'x', '--format', 'junit')).toThrow(/Allowed choices are text, json, jsonl\./);
  });

  it('has --json and --jsonl for short, and takes one of the three', () => {
    expect(formatOf(parsed('audit', 'x', '--json'))).toBe('json');
    expect(formatOf(parsed('audit', 'x', '--jsonl'))).toBe('jsonl');
    for (const two of [
      ['--json', '--jsonl'],
      ['--json', '--format', 'junit'],
      ['--format', 'json', '--jsonl'],
    ]) {
      expect(() => parsed('audit', 'x', ...two)).toThrow(/cannot be used with/);
    }
  });

  it('prints the same document as --json', () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    rules({ json: true });
    rules({ format: 'json' });
    const [first, second] = written.mock.calls.map(([text]) => text);
    written.mockRestore();
    expect(first).toBe(second);
  });
});
