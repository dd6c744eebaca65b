import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cksum } from '#resources/file/cksum.js';
import { applyProgram } from '#transaction/apply-program.js';
import { verifyProgram } from '#transaction/verify-program.js';
import { SH } from '../shells.js';
import { action, change, everyKind, META, planOf } from './every-kind.js';
import { fileState, TEXTS } from './fake-host.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const generated = (bytes: Uint8Array) => text(bytes).slice(text(bytes).indexOf('transaction_meta() {'));

it('lists every change with its reason, before and after, and then every action', () => {
  const plan = planOf(
    [
      change('file', '/etc/a b', null, fileState("it's\n", '0640')),
      change('service', 'ntp.service', { active: true, masked: false, links: ['/x -> y'] }, null),
      change('module-parameter', 'hv_utils.timesync_implicit', { value: 'Y' }, { value: 'N' }),
    ],
    [action('restart', 'chrony.service'), action('reload-sources')],
  );
  expect(generated(applyProgram(TEXTS, plan, META))).toMatchInlineSnapshot(`
    "transaction_meta() {
      transaction=run1.web-1
      run=run1
      who='o'\\''brien@bastion'
      host=web-1
      started_at=2026-11-22T10:00:00.000Z
      guard_seconds=240
      plan_digest=d1
      version=0.1.0
    }

    transaction_data() {
      because test/rule
      change_file '/etc/a b' \\
        absent - - - - \\
        640 root root 5 3121614375 \\
        'it'\\''s
    '
      because test/rule
      change_service ntp.service \\
        active unmasked '/x -> y' \\
        inactive unmasked ''
      because test/rule
      change_parameter hv_utils timesync_implicit =Y =N
      action restart chrony.service
      action reload-sources ''
      :
    }

    tsync_apply "$@"
    "
  `);
});

it('is the same for the same plan, byte for byte', () => {
  expect(applyProgram(TEXTS, everyKind, META)).toEqual(applyProgram(TEXTS, everyKind, META));
});

it('ends with the call, so that a program that was cut off does nothing', () => {
  expect(text(applyProgram(TEXTS, everyKind, META)).endsWith('\n}\n\ntsync_apply "$@"\n')).toBe(true);
  expect(text(verifyProgram(TEXTS)).endsWith('\ntsync_settle "$@"\n')).toBe(true);
});

it.each(['', '.', '..', '../x', '-x', 'a/b', 'a b', "a'b", 'a\nb'])('refuses the transaction id %j', (transaction) => {
  expect(() => applyProgram(TEXTS, everyKind, { ...META, transaction })).toThrow('not a transaction id');
});

it('refuses contents with NUL, which no shell can hold', () => {
  const plan = planOf([change('file', '/etc/a', null, fileState('a\0b'))]);
  expect(() => applyProgram(TEXTS, plan, META)).toThrow('NUL');
});

it('gives the shell every name, person and value as data', () => {
  const shellText = fc.string({ unit: fc.constantFrom(...'ab\'"`$\\ \n;&|*(){}'), maxLength: 30 });
  fc.assert(
    fc.property(shellText, shellText, (name, value) => {
      const plan = planOf([
        change('file', `/${name}`, null, fileState(value)),
        change('service', `s${name}`, { active: false, masked: false, links: [`/l -> ${value}`] }, null),
        change('module-parameter', `m.${name}`, { value }, { value: name }),
      ]);
      const program = generated(applyProgram(TEXTS, plan, { ...META, who: name, run: value })).replace(
        'tsync_apply "$@"',
        '',
      );
      const verbs =
        'because() { :; }; change_file() { printf "%s|" "$1"; shift 11; printf "%s|" "$1"; }; change_service() { printf "%s|" "$1" "$4"; }; change_parameter() { printf "%s|" "$@"; }; ';
      const { stdout, stderr } = spawnSync(SH.join(' '), ['-c', `${verbs}${program}\ntransaction_data`]);
      expect(stderr.toString()).toBe('');
      expect(stdout.toString('latin1')).toBe(`/${name}|${value}|s${name}|/l -> ${value}|m|${name}|=${value}|=${name}|`);
    }),
    { numRuns: 60 },
  );
});

describe('cksum', () => {
  it('is what the command of that name prints, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        const printed = spawnSync('cksum', { input: bytes }).stdout.toString();
        expect(`${cksum(bytes)} ${bytes.length}\n`).toBe(printed);
      }),
      { numRuns: 60, examples: [[new Uint8Array()], [new Uint8Array(70_000).fill(255)]] },
    );
  });
});
