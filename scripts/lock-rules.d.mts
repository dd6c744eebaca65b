/** package-lock.json, as far as it is looked at. */
export interface Lock {
  lockfileVersion?: number;
  packages: { [place: string]: LockedPackage };
}

export interface LockedPackage {
  version?: string | undefined;
  integrity?: string | undefined;
  resolved?: string | undefined;
  name?: string | undefined;
  link?: boolean;
  inBundle?: boolean;
  hasInstallScript?: boolean;
  dependencies?: { [name: string]: string };
  os?: string | string[];
  cpu?: string | string[];
  [other: string]: unknown;
}

export interface PinnedNode {
  version: string;
  packages: { [name: string]: { os: string; cpu: string; binary: string; sha256: string } };
}

export function mistakesOfLock(lock: Lock, manifest: { [key: string]: unknown }, pinned: PinnedNode): string[];
export function mistakesOfInstalled(installed: Lock, lock: Lock): string[];
export function nameAt(place: string): string;
export function tarball(name: string, version: string): string;
