import { describe, expect, it } from 'vitest';
import type { Cloud, Facts, Family, Init, Virtualization } from '#facts/facts.js';
import { command, factsWith, file, values, without } from './sections.js';

describe('the distribution', () => {
  const cases: readonly (readonly [string, string, string, string, Family])[] = [
    [
      '/etc/os-release',
      'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      'debian',
      '12',
      'debian',
    ],
    ['/usr/lib/os-release', "ID='ubuntu'\nVERSION_ID='24.04'\nID_LIKE=debian\n", 'ubuntu', '24.04', 'debian'],
    ['/etc/os-release', 'ID="rhel"\nVERSION_ID="9.6"\nID_LIKE="fedora"\n', 'rhel', '9.6', 'rhel'],
    ['/etc/os-release', 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.10"\n', 'rocky', '8.10', 'rhel'],
    ['/etc/os-release', 'ID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n', 'amzn', '2', 'amazon'],
    ['/etc/os-release', 'ID="virtuozzo"\nID_LIKE="rhel fedora centos"\nVERSION_ID="7"\n', 'virtuozzo', '7', 'rhel'],
    ['/etc/os-release', 'ID=mariner\nVERSION_ID="2.0"\n', 'mariner', '2.0', 'azurelinux'],
    ['/etc/os-release', 'ID="sles"\nVERSION_ID="11.4"\n', 'sles', '11.4', 'suse'],
    ['/etc/os-release', 'ID=alpine\r\nVERSION_ID=3.20.1\r\n', 'alpine', '3.20.1', 'alpine'],
    ['/etc/os-release', 'ID=constructor\n', 'constructor', '', 'other'],
    ['/etc/redhat-release', 'CentOS release 6.10 (Final)\n', 'centos', '6.10', 'rhel'],
    ['/etc/redhat-release', 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n', 'rhel', '5.11', 'rhel'],
    [
      '/etc/SuSE-release',
      'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n',
      'sles',
      '11.4',
      'suse',
    ],
    ['/etc/system-release', 'Amazon Linux AMI release 2018.03\n', 'amzn', '2018.03', 'amazon'],
    ['/etc/alpine-release', '3.18.4\n', 'alpine', '3.18.4', 'alpine'],
  ];
  it.each(cases)('is read from %s: %j', (path, text, id, versionId, family) => {
    expect(factsWith(file(path, text)).os.value).toMatchObject({ id, versionId, family });
  });

  it('shows a name full of escape sequences without them', () => {
    const os = factsWith(file('/etc/os-release', 'ID=debian\nPRETTY_NAME="\x1b[2J\u202eevil"\n')).os.value;
    expect(os?.prettyName).toBe('\\x1b[2J\\u{202e}evil');
  });

  it('is unknown without a release file', () => {
    expect(factsWith().os).toMatchObject({ value: null, reason: expect.stringContaining('release file') });
  });
});

describe('virtualization and cloud', () => {
  const microsoft = 'dmi=yes\nvirtual=yes\ndmi.sys_vendor=Microsoft Corporation\ndmi.product_name=Virtual Machine\n';
  const cases: readonly (readonly [string, string, Virtualization | null, Cloud | null])[] = [
    ['Azure', `${microsoft}dmi.chassis_asset_tag=7783-7084-3265-9085-8269-3286-77\n`, 'hyperv', 'azure'],
    ['Hyper-V on premises', `${microsoft}dmi.chassis_asset_tag=4711-0815\n`, 'hyperv', 'none'],
    ['Hyper-V with an asset tag that only root may read', `${microsoft}dmi.chassis_asset_tag!denied\n`, 'hyperv', null],
    ['Azure by its agent', `${microsoft}dmi.chassis_asset_tag!denied\nwaagent=yes\n`, 'hyperv', 'azure'],
    ['AWS Nitro', 'dmi=yes\nvirtual=yes\ndmi.sys_vendor=Amazon EC2\ndmi.product_name=m7i.large\n', 'kvm', 'aws'],
    ['AWS Xen', 'dmi=yes\ndmi.sys_vendor=Xen\ndmi.product_name=HVM domU\ndmi.bios_version=4.11.amazon\n', 'xen', 'aws'],
    ['Google', 'dmi=yes\ndmi.sys_vendor=Google\ndmi.product_name=Google Compute Engine\n', 'kvm', 'gcp'],
    ['Oracle', 'dmi=yes\ndmi.sys_vendor=QEMU\ndmi.chassis_asset_tag=OracleCloud.com\n', 'kvm', 'oci'],
    ['Alibaba', 'dmi=yes\ndmi.sys_vendor=Alibaba Cloud\ndmi.product_name=Alibaba Cloud ECS\n', 'kvm', 'alibaba'],
    ['VMware', 'dmi=yes\ndmi.sys_vendor=VMware, Inc.\ndmi.product_name=VMware7,1\n', 'vmware', 'none'],
    ['bare metal', 'dmi=yes\nvirtual=no\ndmi.sys_vendor=Dell Inc.\n', 'none', 'none'],
    ['a container', 'container=systemd-nspawn\nvirtual=yes\n', 'container', null],
    ['WSL', 'wsl=yes\nvirtual=yes\n', 'wsl', 'none'],
    ['an unknown hypervisor', 'dmi=yes\nvirtual=yes\ndmi.sys_vendor=Acme\n', 'other', 'none'],
    ['nothing to go by', 'init=systemd\n', null, null],
  ];
  it.each(cases)('knows %s', (_, system, virtualization, cloud) => {
    const facts = factsWith(values('system', system));
    expect([facts.virtualization.value, facts.cloud.value]).toEqual([virtualization, cloud]);
  });

  it('knows WSL by its kernel', () => {
    const facts = factsWith(
      command('uname', 'Linux 5.15.153.1-microsoft-standard-WSL2 x86_64\n'),
      values('system', 'virtual=yes\n'),
    );
    expect(facts.virtualization.value).toBe('wsl');
    expect(
      factsWith(command('uname', 'Linux 5.15.0-1041-azure x86_64\n'), values('system', 'virtual=yes\n')).virtualization
        .value,
    ).toBe('other');
  });
});

describe('init and systemd', () => {
  const cases: readonly (readonly [string, Init | null])[] = [
    ['systemd=yes\ninit=systemd\n', 'systemd'],
    ['openrc=yes\ninit=init\n', 'openrc'],
    ['upstart=yes\ninit=init\n', 'upstart'],
    ['init=init\n', 'sysv'],
    ['init=tini\n', 'other'],
    ['uptime=1.0 1.0\n', null],
  ];
  it.each(cases)('is told by the marks %j', (system, init) => {
    expect(factsWith(values('system', system)).init.value).toBe(init);
  });

  it('has the major version of systemd, and says so where init is another', () => {
    const of = (system: string, text: string) =>
      factsWith(values('system', system), command('systemd', text)).systemdVersion;
    expect(of('systemd=yes\n', 'systemd 252 (252.39-1~deb12u1)\n+PAM')).toEqual({ value: 252 });
    expect(of('systemd=yes\n', 'systemd 219\n')).toEqual({ value: 219 });
    expect(of('init=init\n', '')).toEqual({ value: null, reason: 'init is sysv, not systemd' });
  });
});

describe('values of the kernel', () => {
  const kernelFacts = (system: string): Pick<Facts, 'clocksource' | 'uptimeSeconds' | 'selinux'> =>
    factsWith(values('system', system));

  it('are read as they are', () => {
    expect(kernelFacts('clocksource=tsc\nuptime=12.34 5.6\nselinux=1\n')).toMatchObject({
      clocksource: { value: 'tsc' },
      uptimeSeconds: { value: 12.34 },
      selinux: { value: 'enforcing' },
    });
    expect(kernelFacts('selinux=0\n').selinux).toEqual({ value: 'permissive' });
    expect(kernelFacts('clocksource=tsc\n').selinux).toEqual({ value: 'disabled' });
  });

  it('are unknown where they were denied, odd or never read', () => {
    expect(kernelFacts('selinux!denied\nuptime=soon\n')).toMatchObject({
      clocksource: { value: null },
      uptimeSeconds: { value: null },
      selinux: { value: null },
    });
    expect(factsWith().selinux.value).toBeNull();
    expect(factsWith(without('uname', 'absent', 'command')).kernel).toEqual({
      value: null,
      reason: 'uname: not there',
    });
  });

  it('know root by its number only', () => {
    expect(factsWith(command('uid', '0\n')).root).toBe(true);
    expect(factsWith(command('uid', '1000\n')).root).toBe(false);
    expect(factsWith(command('uid', '')).root).toBe(false);
  });
});
