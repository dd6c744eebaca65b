import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { boolYaml11Tag, floatYaml11Tag, intYaml11Tag, NOT_RESOLVED, nullYaml11Tag } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '#inventory/read-yaml.js';
import { toJson } from '#inventory/yaml-node.js';
import { resolveScalar } from '#inventory/yaml-scalar.js';

type Row = readonly [string, null | boolean | number | string | { readonly float: string }];
const rows = JSON.parse(
  readFileSync(new URL('../fixtures/inventory/pyyaml-scalars.json', import.meta.url), 'utf8'),
) as readonly Row[];
const NOT_FINITE: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

describe('resolveScalar', () => {
  it.each(rows)('reads %j as PyYAML does', (text, expected) => {
    const value = typeof expected === 'object' && expected !== null ? NOT_FINITE[expected.float] : expected;
    expect(resolveScalar(text)).toEqual(value === 0 ? expect.closeTo(0) : value);
  });

  it('agrees with the YAML 1.1 tags of js-yaml, but for y, n and the few numbers that PyYAML reads otherwise', () => {
    const tags = [nullYaml11Tag, boolYaml11Tag, intYaml11Tag, floatYaml11Tag];
    const text = fc.stringMatching(/^[-+]?[0-9a-fA-FxXbo_:.eE~]{1,9}$/);
    fc.assert(
      fc.property(fc.oneof(text, fc.constantFrom('yes', 'No', 'on', 'OFF', 'null', '~', 'True', 'words')), (source) => {
        fc.pre(!/^[-+]\.|^[-+]?0[0-9_]*:|_$|^[-+]?0[xb]_|\._|^[yYnN]$/.test(source));
        const found = tags
          .map((tag) => tag.resolve(source, false, tag.tagName))
          .find((value) => value !== NOT_RESOLVED);
        expect(resolveScalar(source)).toEqual(found === undefined ? source : found === 0 ? expect.closeTo(0) : found);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('readYaml', () => {
  const key = fc
    .stringMatching(/^[a-z][a-z0-9_]{0,7}$/)
    .filter((text) => !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text));
  const scalar = fc.oneof(
    fc.integer({ min: -9999, max: 99999 }),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  it('reads what JSON is, for JSON is YAML', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value).replace(
          /[\u007f-\u009f\u2028\u2029\ufeff]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        const { root } = readYaml(text, 'f');
        expect(root && toJson(root)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('gives the same values as the yaml package does for YAML 1.1, whatever the indentation and quotes', () => {
    const line = fc.constantFrom(
      'a: 1',
      'b: no',
      'c: "x: y"',
      "d: 'it''s'",
      'e: [1, 0x10, yes]',
      'f: {g: 1.5, h: ~}',
      'i: 0o7',
      'j: 010',
      'k: |\n  text\n  more',
      'l: >-\n  folded\n  text',
      'm:\n  - 1\n  - nn: 2',
      'o: 1_000',
      'p: &p 3',
      'q: plain # comment',
      'r:',
    );
    fc.assert(
      fc.property(fc.uniqueArray(line, { minLength: 1 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const { root } = readYaml(text, 'f');
        expect(root && toJson(root)).toEqual(parse(text, { version: '1.1' }));
      }),
    );
  });

  it('gives the place of every value: what stands there is the value', () => {
    const { root } = readYaml('a: [x, "y"]\nb:\n  c: z\n', 'f');
    const text = 'a: [x, "y"]\nb:\n  c: z\n';
    const starts: string[] = [];
    const visit = (node: NonNullable<typeof root>): void => {
      starts.push(text.slice(node.start, node.start + 1));
      if (node.kind === 'list') node.items.forEach(visit);
      if (node.kind === 'map') for (const entry of node.entries.values()) visit(entry.value);
    };
    if (root) visit(root);
    expect(starts).toEqual(['a', '[', 'x', '"', 'c', 'z']);
  });

  it('never throws anything but a mistake with a place', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>\'"#% \t\n,?<~0x{}'), maxLength: 60 }), (text) => {
        try {
          readYaml(text, 'f');
        } catch (error) {
          expect(error).toMatchObject({ name: 'TsyncError', exitCode: 65, place: { file: 'f' } });
        }
      }),
      { numRuns: 3000 },
    );
  });
});
