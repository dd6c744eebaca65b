import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import { loadPrograms } from '#engine/programs.js';
import { indexSections } from '#facts/sections.js';
import type { Change } from '#resources/resource.js';
import { applyProgram } from '#transaction/apply-program.js';
import { readTransactionChanges } from '#transaction/read-transaction-changes.js';
import { SH, SHELLS } from '../shells.js';
import { change, everyKind, furnish, META, planOf } from './every-kind.js';
import { FakeHost, fileState, MARKS, type Ran, TEXTS } from './fake-host.js';

const { settle } = loadPrograms();
const ID = META.transaction;
const FOLDER = `/var/lib/tsync/tx/${ID}`;
const shell = SH;

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  furnish(host);
});
afterEach(() => host.remove());

const sectionsOf = (output: string) => {
  const frames = new FrameReader(MARKS, knownSections('settle')).push(new Uint8Array(Buffer.from(output, 'latin1')));
  return indexSections(collectSnapshot([...frames, { type: 'done' }], null));
};
const told = ({ output }: Ran) => readTransactionChanges(sectionsOf(output), FOLDER);

/** Bytes as numbers: what a view of a larger buffer is must not count. */
const plain = (changes: readonly Change[] | null | undefined) =>
  JSON.parse(JSON.stringify(changes, (_key, value) => (value instanceof Uint8Array ? [...value] : value)));

describe.each(Object.entries(SHELLS))('under %s', (_name, eachShell) => {
  it('tells of a confirmed transaction exactly what was planned, contents and all', () => {
    const odd = fileState(new Uint8Array([0xff, 0x27, 0x0a, 0x40, 0xc3, 0x28, 0x0a, 0x0a]), '4755');
    const changes = [
      ...everyKind.changes,
      { ...change('file', '/etc/odd', null, odd), restart: 'a b.service' } as Change,
    ];
    host.run(eachShell, applyProgram(TEXTS, planOf(changes, everyKind.actions), META));
    const ran = host.run(eachShell, settle, { requests: [`confirm ${ID}`, `tell ${ID}`, 'bye'] });
    expect(ran.steps).toEqual(['confirm confirmed', 'tell told']);
    expect(plain(told(ran).value)).toEqual(plain(changes));
  });
});

it('tells nothing of what is not confirmed, is not there, or was made by a tsync that could not tell', () => {
  host.run(shell, applyProgram(TEXTS, everyKind, META));
  const requests = [`tell ${ID}`, 'tell none', 'tell ../x', 'bye'];
  expect(host.run(shell, settle, { requests }).steps).toEqual([
    'tell refused:applied',
    'tell refused:absent',
    'tell refused:absent',
  ]);
  host.run(shell, settle, { requests: [`confirm ${ID}`, 'bye'] });
  writeFileSync(host.path(`${FOLDER.slice(1)}/program.sh`), 'echo an older program >&2\n');
  expect(host.run(shell, settle, { requests: [`tell ${ID}`, 'bye'] }).steps).toEqual(['tell refused:confirmed']);
});

it.each([
  ['a backup was edited', 'pool 2.debian.pool.ntp.org iburst  \n'],
  ['a backup was cut off', ''],
])('does not know the changes once %s', (_what, text) => {
  host.run(shell, applyProgram(TEXTS, everyKind, META));
  host.run(shell, settle, { requests: [`confirm ${ID}`, 'bye'] });
  writeFileSync(host.path(`${FOLDER.slice(1)}/backup/1`), text);
  const fact = told(host.run(shell, settle, { requests: [`tell ${ID}`, 'bye'] }));
  expect(fact).toMatchObject({ value: null, reason: expect.stringContaining('/etc/chrony/chrony.conf') });
});

it('takes any answer without an exception, and no content for another one', () => {
  host.run(shell, applyProgram(TEXTS, everyKind, META));
  const { output } = host.run(shell, settle, { requests: [`confirm ${ID}`, `tell ${ID}`, 'bye'] });
  const contentsOf = (changes: readonly Change[]) =>
    changes.flatMap((one) => (one.kind === 'file' ? [one.before, one.after] : [])).map((state) => `${state?.bytes}`);
  const planned = contentsOf(everyKind.changes);
  const damage = fc.tuple(
    fc.nat(output.length - 1),
    fc.nat(3),
    fc.constantFrom('', '\0', '\n', "'", '=', 'x', '@', '0'),
  );
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (places) => {
      let text = output;
      for (const [at, length, put] of places) text = text.slice(0, at) + put + text.slice(at + length);
      const { value } = readTransactionChanges(sectionsOf(text), FOLDER);
      for (const content of contentsOf(value ?? [])) expect(planned).toContain(content);
    }),
  );
});
