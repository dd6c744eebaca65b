import { describe, expect, it } from 'vitest';
import { type RecordedChange, readRecord, recordText } from '#transaction/image-record.js';
import { imageUndoProgram } from '#transaction/image-undo.js';
import { TEXTS } from './fake-host.js';

const mark = { mode: '644', owner: 'root', group: 'root', length: 12, cksum: 3_000_000_000 };
const file: RecordedChange = { kind: 'file', name: '/etc/chrony/chrony.conf', before: mark, after: null };
const service: RecordedChange = {
  kind: 'service',
  name: 'chrony.service',
  before: {
    masked: false,
    links: ['/etc/systemd/system/multi-user.target.wants/chrony.service -> /lib/systemd/x.service'],
  },
  after: { masked: true, links: [] },
};

const unread = (changes: readonly unknown[], more: object = {}) =>
  readRecord(JSON.stringify({ record: 1, changes, ...more })).value;

describe('the record of an image tree', () => {
  it('is read as it was written', () => {
    expect(readRecord(recordText([file, service])).value).toEqual([file, service]);
  });

  it.each([
    'no JSON',
    '',
    '[]',
    'null',
    '{"record":1}',
    '{"record":2,"changes":[]}',
    '{"record":1,"changes":[]}',
    '{"record":1,"changes":{"length":1}}',
    `{"record":1,"changes":[${'['.repeat(50_000)}`,
  ])('is refused when it is of another shape: %#', (text) => {
    expect(readRecord(text).value).toBeNull();
  });

  it.each([
    '/etc/../home/ops/x',
    '/etc/./x',
    '/etc//x',
    '/etc/x/',
    'etc/x',
    '/x',
    '/etc/a b',
    '/etc/a\nb',
    '/etc/\u0000',
    '/etc/\u00e9',
    '/proc/sys/kernel/core_pattern',
    '/dev/sda',
    '/run/x',
    '/var/lib/tsync/lock',
    `/etc/${'x'.repeat(400)}`,
    '',
  ])('is refused with a file that no change of an image has: %j', (name) => {
    expect(unread([{ ...file, name }])).toBeNull();
  });

  it.each([
    { mode: '0644 root' },
    { mode: '9' },
    { owner: "root'; id; '" },
    { owner: '' },
    { group: 'a b' },
    { length: -1 },
    { length: 1.5 },
    { length: '12' },
    { cksum: 2 ** 32 },
    { more: 1 },
    { mode: undefined },
  ])('is refused with a state that is none: %j', (part) => {
    expect(unread([{ ...file, before: { ...mark, ...part } }])).toBeNull();
  });

  it.each([
    ['/etc/systemd/system/../../../x -> y'],
    ['/usr/bin/x -> y'],
    ['/etc/systemd/system/x -> y -> z'],
    ['/etc/systemd/system/x'],
    ['/etc/systemd/system/x -> a\n/etc/systemd/system/z -> y'],
    [7],
  ])('is refused with a link that enables no service: %j', (link) => {
    expect(unread([{ ...service, before: { masked: false, links: [link] } }])).toBeNull();
  });

  it('is refused with another kind, a name twice, or anything beside', () => {
    expect(unread([{ ...file, kind: 'action' }])).toBeNull();
    expect(unread([{ ...file, kind: 'module-parameter' }])).toBeNull();
    expect(unread([file, file])).toBeNull();
    expect(unread([{ ...file, content: 'x' }])).toBeNull();
    expect(unread([file], { program: 'id' })).toBeNull();
    expect(unread([{ ...service, name: '-x.service' }])).toBeNull();
  });

  it('becomes a program in which every word of it is quoted', () => {
    const odd: RecordedChange = { ...file, name: "/etc/$(id)';id;'`id`" };
    expect(readRecord(recordText([odd])).value).toEqual([odd]);
    const meta = { run: 'r', who: 'w', version: '0', startedAt: 't', transaction: 't' };
    const text = new TextDecoder().decode(imageUndoProgram(TEXTS, 'h', [odd], meta));
    expect(text).toContain(
      `change_file '/etc/$(id)'\\'';id;'\\''\`id\`' 644 root root 12 3000000000 absent - - - - ''\n`,
    );
  });
});
