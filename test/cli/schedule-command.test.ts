import { expect, test } from 'vitest';
import { type ScheduleFlags, scheduleCommand } from '#cli/schedule-command.js';
import { TsyncError } from '#errors/tsync-error.js';

const FLAGS: ScheduleFlags = {
  inventory: 'fleet.yaml',
  playbook: null,
  calendar: 'hourly',
  user: null,
  failOn: null,
};
const HERE = {
  folder: '/srv/fleet',
  user: 'ada',
  home: '/home/ada',
  tsyncCommand: ['/opt/tsync/bin/tsync.js'],
  readPaths: ['/opt/tsync'],
};

test('paths become absolute, and the account is the one that asks', () => {
  const text = scheduleCommand(FLAGS, HERE);
  expect(text).toContain('ExecStart=/opt/tsync/bin/tsync.js audit /srv/fleet/fleet.yaml\n');
  expect(text).toContain('User=ada\n');
  expect(text).toContain('BindReadOnlyPaths=-/home/ada/.ssh\n');
  expect(text).toContain('OnCalendar=hourly\n');
  expect(text).toContain('17 * * * * ada flock');
});

test('another account, frequency and limit', () => {
  const text = scheduleCommand({ ...FLAGS, user: 'tsync', calendar: '*:0/15', failOn: 'high' }, HERE);
  expect(text).toContain('BindReadOnlyPaths=-/home/tsync/.ssh\n');
  expect(text).toContain('OnCalendar=*:0/15\n');
  expect(text).toContain('audit /srv/fleet/fleet.yaml --fail-on high\n');
});

test('a calendar that cron may not know has no cron line', () => {
  const text = scheduleCommand({ ...FLAGS, calendar: 'Mon..Fri 06:00' }, HERE);
  expect(text).toContain('OnCalendar=Mon..Fri 06:00\n');
  expect(text).not.toContain('flock');
});

test.each([[{ user: 'a b' }], [{ calendar: 'daily\nExecStart=/bin/sh' }], [{ inventory: 'a\nb' }]])(
  '%j is refused',
  (flags) => {
    expect(() => scheduleCommand({ ...FLAGS, ...flags }, HERE)).toThrow(TsyncError);
  },
);
