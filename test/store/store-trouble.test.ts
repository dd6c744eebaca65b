import { expect, it } from 'vitest';
import { storeTrouble } from '#store/store-trouble.js';

it.each([
  // a full tmpfs, as node:sqlite told it
  [{ errcode: 13, message: 'database or disk is full' }, 'write', 'store/full'],
  [{ errcode: 4874, message: 'disk I/O error' }, 'write', 'store/full'],
  [{ errcode: 4874, message: 'disk I/O error' }, 'read', 'store/full'],
  [{ errcode: 266, message: 'disk I/O error' }, 'read', 'store/not-readable'],
  [{ errcode: 26, message: 'file is not a database' }, 'read', 'store/corrupt'],
  [{ code: 'EDQUOT', message: 'quota' }, 'write', 'store/full'],
] as const)('%j when one wants to %s is %s', (cause, access, code) => {
  expect(storeTrouble(cause, '/s/tsync.db', access)).toMatchObject({ problem: { code }, exitCode: 1 });
});
