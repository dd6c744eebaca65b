import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { knownSections, type ProgramKind } from '#snapshot/known-sections.js';

const source = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

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
  ['probe', 'snapshot/probe.sh', 35],
  ['settle', 'snapshot/probe.sh', 35],
  ['settle', 'resources/transaction.sh', 2],
  ['settle', 'resources/file/file.sh', 1],
  ['packages', 'resources/package/package.sh', 2],
] as const)('knows for %s every section that %s prints', (program: ProgramKind, path, least) => {
  const isKnown = knownSections(program);
  const calls = [...new Set(printed(source(path)))];
  expect(calls.length).toBeGreaterThanOrEqual(least);
  const unknown = calls.filter((call) => {
    const [kind = '', name = ''] = call.split(' ');
    return !isKnown(kind as 'values', name);
  });
  expect(unknown).toEqual([]);
});
