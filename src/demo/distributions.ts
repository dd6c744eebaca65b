/** What a distribution brings before anybody configured anything. Texts are those of the distribution, shortened where nothing reads them. */
export interface Distribution {
  readonly osRelease: readonly string[];
  /** Further release files below /etc. */
  readonly releaseFiles: { readonly [name: string]: string };
  readonly packages: 'dpkg' | 'rpm';
  /** Major version, then the package's own version. */
  readonly systemd: string;
  readonly unitFolder: string;
  readonly kernel: string;
  /** Version and package release of the distribution's chrony. */
  readonly chrony: readonly [version: string, release: string];
  /** Has systemd's (or the vendor's) rule for /dev/ptp_hyperv. */
  readonly hasPtpRule: boolean;
  /** `kernel.dmesg_restrict=1` */
  readonly logNeedsRoot: boolean;
}

type DistributionName = keyof typeof distributions;

export type { DistributionName };

const DEBIAN_UNITS = '/lib/systemd/system';
const RHEL_UNITS = '/usr/lib/systemd/system';

export const distributions = {
  'ubuntu-18.04': ubuntu(
    '18.04',
    '5 LTS (Bionic Beaver)',
    '237 237-3ubuntu10.57',
    '5.4.0-1109-azure',
    ['3.2', '4ubuntu4.5'],
    false,
  ),
  'ubuntu-20.04': ubuntu(
    '20.04',
    '6 LTS (Focal Fossa)',
    '245 245.4-4ubuntu3.24',
    '5.15.0-1089-azure',
    ['3.5', '6ubuntu6.2'],
    true,
  ),
  'ubuntu-22.04': ubuntu(
    '22.04',
    '5 LTS (Jammy Jellyfish)',
    '249 249.11-0ubuntu3.16',
    '6.8.0-1029-azure',
    ['4.2', '2ubuntu2'],
    true,
  ),
  'ubuntu-24.04': ubuntu(
    '24.04',
    '3 LTS (Noble Numbat)',
    '255 255.4-1ubuntu8.11',
    '6.14.0-1012-azure',
    ['4.5', '1ubuntu4.2'],
    true,
  ),
  'debian-11': debian('11', 'bullseye', '247 247.3-7+deb11u6', '5.10.0-35-cloud-amd64', ['4.0', '8+deb11u2'], false),
  'debian-12': debian('12', 'bookworm', '252 252.39-1~deb12u1', '6.1.0-40-cloud-amd64', ['4.3', '2+deb12u3'], true),
  'debian-13': debian('13', 'trixie', '257 257.8-1~deb13u2', '6.12.48+deb13-cloud-amd64', ['4.6.1', '3'], true),
  'centos-7': rhel(
    'CentOS Linux',
    'centos',
    '7',
    '7 (Core)',
    'CentOS Linux release 7.6.1810 (Core)',
    '219',
    '3.10.0-957.el7.x86_64',
    ['3.2', '2.el7'],
    false,
  ),
  'rhel-7': rhel(
    'Red Hat Enterprise Linux Server',
    'rhel',
    '7.9',
    '7.9 (Maipo)',
    'Red Hat Enterprise Linux Server release 7.9 (Maipo)',
    '219',
    '3.10.0-1160.119.1.el7.x86_64',
    ['3.4', '1.el7'],
    false,
  ),
  'rocky-8': rhel(
    'Rocky Linux',
    'rocky',
    '8.9',
    '8.9 (Green Obsidian)',
    'Rocky Linux release 8.9 (Green Obsidian)',
    '239 239-78.el8',
    '4.18.0-513.24.1.el8_9.x86_64',
    ['4.2', '1.el8'],
    true,
  ),
  'rhel-8': rhel(
    'Red Hat Enterprise Linux',
    'rhel',
    '8.10',
    '8.10 (Ootpa)',
    'Red Hat Enterprise Linux release 8.10 (Ootpa)',
    '239 239-82.el8_10.5',
    '4.18.0-553.el8_10.x86_64',
    ['4.5', '2.el8_10'],
    true,
  ),
  'rhel-9': rhel(
    'Red Hat Enterprise Linux',
    'rhel',
    '9.4',
    '9.4 (Plow)',
    'Red Hat Enterprise Linux release 9.4 (Plow)',
    '252 252-32.el9_4.7',
    '5.14.0-427.40.1.el9_4.x86_64',
    ['4.5', '1.el9'],
    true,
  ),
} as const satisfies Record<string, Distribution>;

function debian(
  version: string,
  codename: string,
  systemd: string,
  kernel: string,
  chrony: Distribution['chrony'],
  hasPtpRule: boolean,
): Distribution {
  return {
    osRelease: [
      `PRETTY_NAME="Debian GNU/Linux ${version} (${codename})"`,
      'NAME="Debian GNU/Linux"',
      `VERSION_ID="${version}"`,
      `VERSION="${version} (${codename})"`,
      `VERSION_CODENAME=${codename}`,
      'ID=debian',
    ],
    releaseFiles: { debian_version: `${version}.1` },
    packages: 'dpkg',
    systemd,
    unitFolder: DEBIAN_UNITS,
    kernel,
    chrony,
    hasPtpRule,
    logNeedsRoot: true,
  };
}

function ubuntu(
  version: string,
  name: string,
  systemd: string,
  kernel: string,
  chrony: Distribution['chrony'],
  hasPtpRule: boolean,
): Distribution {
  return {
    osRelease: [
      'NAME="Ubuntu"',
      `VERSION="${version}.${name}"`,
      'ID=ubuntu',
      'ID_LIKE=debian',
      `PRETTY_NAME="Ubuntu ${version}.${name.split(' (')[0]}"`,
      `VERSION_ID="${version}"`,
    ],
    releaseFiles: { debian_version: 'bookworm/sid' },
    packages: 'dpkg',
    systemd,
    unitFolder: DEBIAN_UNITS,
    kernel,
    chrony,
    hasPtpRule,
    logNeedsRoot: version >= '20.10',
  };
}

function rhel(
  name: string,
  id: string,
  versionId: string,
  version: string,
  redhatRelease: string,
  systemd: string,
  kernel: string,
  chrony: Distribution['chrony'],
  hasPtpRule: boolean,
): Distribution {
  return {
    osRelease: [
      `NAME="${name}"`,
      `VERSION="${version}"`,
      `ID="${id}"`,
      `ID_LIKE="${id === 'rhel' ? 'fedora' : 'rhel centos fedora'}"`,
      `VERSION_ID="${versionId}"`,
      `PRETTY_NAME="${name} ${version}"`,
    ],
    releaseFiles: { 'redhat-release': redhatRelease, 'system-release': redhatRelease },
    packages: 'rpm',
    systemd,
    unitFolder: RHEL_UNITS,
    kernel,
    chrony,
    hasPtpRule,
    logNeedsRoot: false,
  };
}
