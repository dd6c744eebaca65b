import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { FrameReader } from '#conversation/frame-reader.js';
import { knownSections } from '#conversation/known-sections.js';
import { loadPrograms } from '#engine/programs.js';
import { indexSections } from '#facts/sections.js';
import { transactionsFact } from '#facts/transactions.js';
import { applyProgram } from '#transaction/apply-program.js';
import { SH, SHELLS } from '../shells.js';
import { change, everyKind, furnish, META, planOf } from './every-kind.js';
import { FakeHost, fileState, MARKS, type Ran, TEXTS } from './fake-host.js';

const { settle } = loadPrograms();
const ID = META.transaction;

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
  furnish(host);
});
afterEach(() => host.remove());

/** What a client learns from the answer to `list`. */
function listed({ output }: Ran) {
  const frames = new FrameReader(MARKS, knownSections('settle')).push(new Uint8Array(Buffer.from(output, 'latin1')));
  return transactionsFact(indexSections(collectSnapshot([...frames, { type: 'done' }], null))).value;
}

function finished(id: string, state: string, made = '') {
  const folder = host.path(`var/lib/tsync/tx/${id}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/state`, `${state}\n`);
  writeFileSync(`${folder}/meta`, `id=${id}\nrun=r\nwho=anna@bastion\nstarted=2026-11-01T10:00:00.000Z\n`);
  if (made !== '') writeFileSync(`${folder}/made`, made);
}

describe.each(Object.entries(SHELLS))('under %s', (_name, shell) => {
  it('tells of an open transaction whose it is and how long its guard still runs', () => {
    host.run(shell, applyProgram(TEXTS, everyKind, META));
    const [seen] = listed(host.run(shell, settle, { requests: ['list', 'bye'] })) ?? [];
    expect(seen).toMatchObject({ id: ID, state: 'applied', run: 'run1', who: "o'brien@bastion" });
    expect(seen?.guard.state).toBe('armed');
    expect(seen?.guard.leftSeconds).toBeGreaterThan(225);
    expect(seen?.guard.leftSeconds).toBeLessThanOrEqual(240);
  });

  it('counts from the extension once the guard was extended', () => {
    host.run(shell, applyProgram(TEXTS, everyKind, META));
    const ran = host.run(shell, settle, { requests: [`extend ${ID} 900`, 'list', 'bye'] });
    expect(ran.steps).toEqual(['extend extended']);
    expect(listed(ran)?.[0]?.guard.leftSeconds).toBeGreaterThan(885);
  });

  it('says so when no guard of an open transaction runs', () => {
    host.run(shell, applyProgram(TEXTS, everyKind, META));
    for (const timer of host.armedGuards()) rmSync(`${host.active}/${timer}`);
    const [seen] = listed(host.run(shell, settle, { requests: ['list', 'bye'] })) ?? [];
    expect(seen).toMatchObject({ state: 'applied', guard: { state: 'none', leftSeconds: null } });
  });

  it('lists finished ones too, the newest first, and nothing where tsync never was', () => {
    expect(listed(host.run(shell, settle, { requests: ['list', 'bye'] }))).toEqual([]);
    finished('20261101-100000-aaaaaa.a', 'confirmed');
    finished('20261102-100000-bbbbbb.a', 'reverted');
    const seen = listed(host.run(shell, settle, { requests: ['list', 'bye'] }));
    expect(seen?.map(({ id, state }) => `${id} ${state}`)).toEqual([
      '20261102-100000-bbbbbb.a reverted',
      '20261101-100000-aaaaaa.a confirmed',
    ]);
  });

  it('cleans a finished transaction away, and none that is open', () => {
    finished('old.a', 'confirmed');
    host.run(shell, applyProgram(TEXTS, everyKind, META));
    const { steps } = host.run(shell, settle, { requests: ['clean old.a', `clean ${ID}`, 'clean nothing', 'bye'] });
    expect(steps).toEqual(['clean cleaned', 'clean refused:applied', 'clean refused:absent']);
    expect(readdirSync(host.path('var/lib/tsync/tx'))).toEqual([ID]);
  });
});

it('cleans away what a program left that was killed before it changed anything, with its unit for the next boot', () => {
  host.run(SH, applyProgram(TEXTS, everyKind, META));
  rmSync(host.path(`var/lib/tsync/tx/${ID}/state`));
  writeFileSync(host.path(`var/lib/tsync/tx/${ID}/journal`), '');
  const { steps } = host.run(SH, settle, { requests: [`state ${ID}`, `clean ${ID}`, 'bye'] });
  expect(steps).toEqual(['state preparing', 'clean cleaned']);
  expect(host.armedGuards()).toEqual([]);
  expect(existsSync(host.path(`etc/systemd/system/tsync-boot-${ID}.service`))).toBe(false);
});

it('knows after a cleaning which folders it had made, and removes them in the rollback of that run', () => {
  const made = host.path('etc/made-by-tsync');
  finished('old.a', 'confirmed', `${made}\n`);
  host.write('etc/made-by-tsync/x', 'x\n');
  host.run(SH, settle, { requests: ['clean old.a', 'bye'] });
  const undo = planOf([change('file', '/etc/made-by-tsync/x', fileState('x\n'), null)]);
  host.run(SH, applyProgram(TEXTS, undo, META));
  host.run(SH, settle, { requests: [`confirm ${ID}`, 'bye'] });
  expect(existsSync(made)).toBe(false);
});

it('keeps the ten newest finished transactions, and every open one', () => {
  for (let day = 1; day <= 14; day++) finished(`202611${String(day).padStart(2, '0')}-000000-aaaaaa.a`, 'confirmed');
  finished('20261001-000000-aaaaaa.a', 'reverted');
  const id = '20261122-000000-aaaaaa.a';
  const program = applyProgram(TEXTS, everyKind, { ...META, transaction: id });
  expect(host.run(SH, program).steps.at(-1)).toBe('transaction applied');
  const left = readdirSync(host.path('var/lib/tsync/tx')).sort();
  expect(left).toHaveLength(11);
  expect(left[0]).toBe('20261105-000000-aaaaaa.a');
  expect(left.at(-1)).toBe(id);
  expect(host.transactionState(id)).toBe('applied');
});
