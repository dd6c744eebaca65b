/** A made tree of Debian 12 as debootstrap leaves one: chrony enabled, timesyncd enabled too, nothing running. */
export const FILES: { readonly [path: string]: string } = {
  '/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  '/etc/debian_version': '12.11\n',
  '/etc/chrony/chrony.conf':
    'confdir /etc/chrony/conf.d\npool 2.debian.pool.ntp.org iburst\nsourcedir /etc/chrony/sources.d\nmakestep 1 3\nrtcsync\n',
  '/etc/chrony/conf.d/README': '',
  '/etc/chrony/sources.d/README': '',
  '/usr/lib/systemd/systemd': '',
  '/usr/lib/systemd/system/chrony.service': '[Service]\n[Install]\nWantedBy=multi-user.target\nAlias=chronyd.service\n',
  '/usr/lib/systemd/system/systemd-timesyncd.service': '[Service]\n[Install]\nWantedBy=sysinit.target\n',
  '/usr/lib/systemd/system/app@.service': '[Service]\n[Install]\nWantedBy=multi-user.target\n',
  '/usr/lib/udev/rules.d/50-udev-default.rules':
    'SUBSYSTEM=="ptp", ATTR{clock_name}=="hyperv", SYMLINK+="ptp_hyperv"\n',
  '/var/lib/dpkg/info/udev.list': '/.\n/etc\n/etc/udev\n/etc/udev/rules.d\n',
  '/var/lib/dpkg/status': [
    'Package: chrony\nStatus: install ok installed\nVersion: 4.3-2+deb12u1\n',
    'Package: ntp\nStatus: deinstall ok config-files\nVersion: 1:4.2\n',
    'Package: systemd\nStatus: install ok installed\nVersion: 252.39-1~deb12u1\n',
    'Package: systemd-timesyncd\nStatus: install ok installed\nVersion: 252.39-1~deb12u1\n',
  ].join('\n'),
};

export const LINKS: { readonly [path: string]: string } = {
  '/lib': 'usr/lib',
  '/etc/systemd/system/chronyd.service': '/lib/systemd/system/chrony.service',
  '/etc/systemd/system/multi-user.target.wants/chrony.service': '/lib/systemd/system/chrony.service',
  '/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service': '/lib/systemd/system/systemd-timesyncd.service',
};
