import { afterEach, describe, expect, it } from 'vitest';
import { factsOf } from '#facts/facts-of.js';
import { status } from '../fixtures/made/system.js';
import { azureHost } from '../probe/azure-host.js';
import { type FakeHost, type FakeRoot, makeFakeRoot } from '../probe/fake-root.js';
import { runProbe } from '../probe/run-probe.js';
import { SH } from '../shells.js';

let host: FakeRoot | null = null;
afterEach(() => {
  host?.remove();
  host = null;
});

/** What the real probe program tells of the Azure guest with these files and commands more. */
function around(more: FakeHost) {
  host = makeFakeRoot({
    files: { ...azureHost.files, ...more.files },
    links: { ...azureHost.links, ...more.links },
    commands: { ...azureHost.commands, ...more.commands },
  });
  return factsOf(runProbe(SH, host.parameters).snapshot).around;
}

describe('what stands around the daemons', () => {
  it('is told from jobs of cron by program and file, and never by the line itself', () => {
    const facts = around({
      files: {
        '/etc/crontab': '# ntpdate was here\n0 1 * * * root /sbin/hwclock --systohc\n',
        '/etc/cron.d/time': '*/5 * * * * root PASSWORD=secret /usr/sbin/ntpdate -u ntp.example\n',
        '/etc/cron.daily/other': 'echo updatedb; myhwclock2\n',
      },
    });
    expect(facts.clockJobs).toEqual({
      value: [
        { program: 'hwclock', file: '/etc/crontab' },
        { program: 'ntpdate', file: '/etc/cron.d/time' },
      ],
    });
    expect(facts.unreadJobs).toEqual([]);
    expect(JSON.stringify(facts)).not.toContain('secret');
  });

  it('has the rules for PTP devices that udev reads', () => {
    expect(around({}).udevRules.value).toEqual(
      expect.arrayContaining([
        expect.stringContaining('ATTR{clock_name}=="hyperv"'),
        expect.stringContaining('ptp_hyperv'),
      ]),
    );
  });

  it('has what a failed time service last wrote, and asks for no other', () => {
    const journalctl = `printf '%s\\n' 'Could not bind' "$*"`;
    const block = (state: string) => `printf 'Id=chrony.service\\nLoadState=loaded\\nActiveState=${state}\\n'`;
    expect(around({ commands: { journalctl, systemctl: block('active') } }).lastWords).toEqual(new Map());
    host?.remove();
    const words = around({ commands: { journalctl, systemctl: block('failed') } }).lastWords;
    expect([...words]).toEqual([
      ['chrony.service', ['Could not bind', '-q --no-pager -o cat -b -n 3 _SYSTEMD_UNIT=chrony.service']],
    ]);
  });

  it('says whether chronyd can take leap seconds from a time zone', () => {
    expect(around({}).leapZone).toMatchObject({ value: null });
    host?.remove();
    expect(around({ files: { '/usr/share/zoneinfo/UTC': '' } }).leapZone).toEqual({ value: false });
    host?.remove();
    expect(around({ files: { '/usr/share/zoneinfo/right/UTC': '' } }).leapZone).toEqual({ value: true });
  });

  it('has the switch of the ENA driver where there is one', () => {
    expect(around({}).enaPhc).toMatchObject({ value: null });
    host?.remove();
    expect(around({ files: { '/sys/module/ena/parameters/phc_enable': '0\n' } }).enaPhc).toEqual({ value: false });
  });

  it('has running programs that may set a clock, with their arguments', () => {
    const facts = around({
      links: { '/proc/950/exe': '/usr/sbin/phc2sys' },
      files: {
        '/usr/sbin/phc2sys': '',
        '/proc/950/comm': 'phc2sys\n',
        '/proc/950/status': status(950, 'phc2sys', 0),
        '/proc/950/cgroup': '0::/system.slice/phc2sys.service\n',
        '/proc/950/cmdline': '/usr/sbin/phc2sys\0-a\0-r\0',
      },
    });
    expect(facts.programs.value).toEqual([
      { pid: 950, name: 'phc2sys', verified: true, commandLine: ['/usr/sbin/phc2sys', '-a', '-r'] },
    ]);
  });

  it('asks VMware Tools whether they set the clock', () => {
    const vmware = { '/sys/class/dmi/id/sys_vendor': 'VMware, Inc.\n' };
    expect(around({ files: vmware, commands: { 'vmware-toolbox-cmd': 'echo Enabled' } }).vmwareTimeSync).toEqual({
      value: true,
    });
    host?.remove();
    expect(
      around({ files: vmware, commands: { 'vmware-toolbox-cmd': 'echo Disabled; exit 1' } }).vmwareTimeSync,
    ).toEqual({
      value: false,
    });
  });
});
