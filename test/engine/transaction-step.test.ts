import { describe, expect, it } from 'vitest';
import { meaningOf } from '#engine/transaction-step.js';

describe('a step of a transaction', () => {
  it.each([
    ['precheck', 'stale:file:/etc/chrony.conf', 'refused', 'apply/stale', '/etc/chrony.conf'],
    ['lock', 'held:ann@bastion,2026-11-22T10:00:00Z,r1.web1', 'refused', 'apply/locked', 'ann@bastion'],
    [
      'prepare',
      'failed:/var/lib/tsync cannot be written',
      'refused',
      'apply/not-begun',
      '/var/lib/tsync cannot be written',
    ],
    [
      'prepare',
      'volatile:a boot empties /etc',
      'refused',
      'apply/volatile',
      'A boot empties /etc. Nothing was touched.',
    ],
    ['guard', 'failed:it could not be armed', 'refused', 'apply/not-begun', 'it could not be armed'],
    ['transaction', 'reverted', 'reverted', 'apply/step-failed', 'restart:chrony.service: it did not start'],
    ['transaction', 'failed:no space', 'failed', 'apply/undo-failed', 'no space'],
  ])('%s %s ends it as %s with %s', (step, detail, kind, code, said) => {
    const meaning = meaningOf(step, detail, 'restart:chrony.service: it did not start');
    expect(meaning).toMatchObject({ kind, problem: { code } });
    expect(meaning && 'problem' in meaning ? meaning.problem.detail : '').toContain(said);
  });

  it('says that all is applied', () => {
    expect(meaningOf('transaction', 'applied', '')).toEqual({ kind: 'applied' });
  });

  it.each([
    ['guard', 'armed'],
    ['file:/etc/chrony.conf', 'done'],
    ['transaction', 'untouched'],
    ['precheck', 'ok'],
  ])('%s %s decides nothing', (step, detail) => {
    expect(meaningOf(step, detail, '')).toBeNull();
  });
});
