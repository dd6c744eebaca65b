import { known, unknown } from './fact.js';
import type { Facts, Family, PackageManager } from './facts.js';

/** By distribution: looking for each program would cost the probe more than it tells. */
export function packageManagerFact(os: Facts['os']): Facts['packageManager'] {
  if (os.value === null) return unknown(os.reason);
  const { family, versionId, prettyName } = os.value;
  const manager = managerOf(family, Number.parseInt(versionId, 10));
  return manager === null ? unknown(`it is not known what installs packages on ${prettyName}`) : known(manager);
}

function managerOf(family: Family, major: number): PackageManager | null {
  switch (family) {
    case 'debian':
      return 'apt';
    case 'rhel':
      return major >= 8 ? 'dnf' : 'yum';
    case 'fedora':
      return 'dnf';
    case 'amazon':
      return major === 2023 ? 'dnf' : 'yum';
    case 'azurelinux':
      return 'tdnf';
    case 'suse':
      return 'zypper';
    case 'alpine':
      return 'apk';
    default:
      return null;
  }
}
