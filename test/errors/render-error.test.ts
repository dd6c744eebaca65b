import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderError } from '#errors/render-error.js';
import { TsyncError } from '#errors/tsync-error.js';

function rendered(excerpt: string, column: number): readonly string[] {
  return renderError(
    new TsyncError('yaml/invalid', 'This is wrong.', {
      exitCode: 65,
      place: { file: 'a.yaml', line: 12, column, excerpt },
    }),
  ).split('\n');
}

describe('renderError', () => {
  it('shows summary, place, line, caret, detail and hint', () => {
    expect(rendered('  a: b: c', 7)).toEqual([
      'error: the YAML is not valid',
      '  --> a.yaml:12:7',
      '   |',
      '12 |   a: b: c',
      '   |       ^',
      'This is wrong.',
      'hint: Check indentation, colons and quotes at this place.',
    ]);
  });

  it('leaves the place out where there is none', () => {
    const error = new TsyncError('usage/invalid', 'No such flag.', { exitCode: 64 });
    expect(renderError(error)).toBe('error: the command line is not valid\nNo such flag.\nhint: See tsync --help.');
  });

  it('keeps the caret below its character, whatever stands before it and however long the line is', () => {
    const character = fc.constantFrom('a', ' ', '\t', '\u001b', 'ä', '\u202e', '-');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 300 }), fc.array(character, { maxLength: 300 }), (before, after) => {
        const [, , , line, caret] = rendered(`${before.join('')}#${after.join('')}`, before.length + 1);
        expect(line?.[caret?.indexOf('^') ?? -1]).toBe('#');
      }),
    );
  });

  it('lets no control character through', () => {
    expect(rendered('a\u001b[31m: b', 1).join('')).not.toContain('\u001b');
  });
});
