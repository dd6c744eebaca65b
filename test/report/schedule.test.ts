import { describe, expect, test } from 'vitest';
import { cronLine, type ScheduleOptions, scheduleText, serviceUnit } from '#report/schedule.js';
import { golden } from './golden.js';

const OPTIONS: ScheduleOptions = {
  inventory: '/etc/tsync/inventory.yaml',
  playbook: '/etc/tsync/ntp.yaml',
  tsyncCommand: ['/opt/tsync/bin/tsync.js'],
  user: 'tsync',
  home: '/home/tsync',
  readPaths: ['/opt/tsync'],
  calendar: 'hourly',
  cron: '17 * * * *',
  auditArguments: ['--fail-on', 'high'],
};

test('a service, a timer and a cron line', async () => {
  await expect(scheduleText(OPTIONS)).toMatchFileSnapshot(golden('schedule', 0, 'txt'));
});

test('the command is the same in all of them', () => {
  const command = '/opt/tsync/bin/tsync.js audit /etc/tsync/inventory.yaml -p /etc/tsync/ntp.yaml --fail-on high';
  expect(serviceUnit(OPTIONS)).toContain(`ExecStart=${command}\n`);
  expect(cronLine(OPTIONS)).toBe(`17 * * * * tsync flock -n /etc/tsync/inventory.yaml ${command}`);
});

describe('names that mean something to systemd, to cron or to a shell are only names', () => {
  const odd = { ...OPTIONS, inventory: '/srv/my "fleet" 100%$HOME/a:b.yaml', playbook: null, auditArguments: [] };

  test('in the service', () => {
    const unit = serviceUnit(odd);
    expect(unit).toContain('ExecStart=/opt/tsync/bin/tsync.js audit "/srv/my \\"fleet\\" 100%%$$HOME/a:b.yaml"\n');
    expect(unit).toContain('BindReadOnlyPaths="/srv/my \\"fleet\\" 100%%$HOME/a\\:b.yaml"\n');
  });

  test('in the cron line', () => {
    expect(cronLine(odd)).toContain(`audit '/srv/my "fleet" 100\\%$HOME/a:b.yaml'`);
  });
});

test('without a cron frequency there is no cron line', () => {
  expect(scheduleText({ ...OPTIONS, cron: null })).not.toContain('cron');
});
