import { expect, it } from 'vitest';
import { knownSections, type ProgramKind } from '#conversation/known-sections.js';
import { loadPrograms } from '#engine/programs.js';

const { texts } = loadPrograms();

/** Sections that a shell file prints, as `KIND NAME`; of a name that ends in a variable what stands before it. */
function printed(text: string): readonly string[] {
  const calls = [
    { kind: 'values', pattern: /\bbegin ("[^"]+"|[\w:-]+)/g },
    { kind: 'command', pattern: /\bsection(?:_captured)? ("[^"]+"|[\w:-]+)/g },
  ];
  const code = text.replace(/^\s*#.*$/gm, '');
  const simple = calls.flatMap(({ kind, pattern }) =>
    [...code.matchAll(pattern)].map(([, name = '']) => `${kind} ${name}`),
  );
  const whole = [...code.matchAll(/\bframe (values|command) ("[^"]+"|[\w:-]+)/g)].map(
    ([, kind, name]) => `${kind} ${name}`,
  );
  return [...simple, ...whole]
    .map((call) => call.replaceAll('"', '').replace(/\$.*/, 'x'))
    .filter((call) => !/ x$/.test(call));
}

it.each([
  ['probe', 'probe', 35],
  ['settle', 'probe', 35],
  ['settle', 'transaction', 2],
  ['settle', 'kinds', 1],
  ['packages', 'package', 2],
] as const)('knows for %s every section that %s prints', (program: ProgramKind, part, least) => {
  const isKnown = knownSections(program);
  const calls = [...new Set(printed(texts[part]))];
  expect(calls.length).toBeGreaterThanOrEqual(least);
  const unknown = calls.filter((call) => {
    const [kind = '', name = ''] = call.split(' ');
    return !isKnown(kind as 'values', name);
  });
  expect(unknown).toEqual([]);
});
