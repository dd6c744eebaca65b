import type { Family, Init } from '#facts/facts.js';

/** How chrony lies on a family of distributions. */
export interface Distribution {
  /** Whose services can be set there: what was tried on a host of that family, or is the same on it. */
  readonly inits: readonly Exclude<Init, 'upstart' | 'other'>[];
  /** First release that is known; 0: every release. */
  readonly oldest: number;
  /** For chrony before 4.0: a folder that is always there and that chronyd may read, and systemd's sandbox lets us write. */
  readonly snippetFolder: '/etc/chrony' | '/run';
}

/**
 * Null: nothing is known, so nothing is changed. Unit, configuration file and folders are read from the host and not
 * from here: SUSE includes /etc/chrony.d, Azure Linux has its confdir /etc/chrony.conf.d, Debian and Ubuntu theirs in /etc/chrony.
 */
export const DISTRIBUTIONS = {
  // The AppArmor profile of chrony before 4 lets it read below /etc/chrony only.
  debian: { inits: ['systemd', 'sysv', 'openrc'], oldest: 0, snippetFolder: '/etc/chrony' },
  rhel: { inits: ['systemd'], oldest: 7, snippetFolder: '/run' },
  fedora: { inits: ['systemd'], oldest: 0, snippetFolder: '/run' },
  amazon: { inits: ['systemd'], oldest: 2, snippetFolder: '/run' },
  azurelinux: { inits: ['systemd'], oldest: 2, snippetFolder: '/run' },
  suse: { inits: ['systemd'], oldest: 12, snippetFolder: '/run' },
  flatcar: { inits: ['systemd'], oldest: 0, snippetFolder: '/run' },
  alpine: { inits: ['openrc'], oldest: 0, snippetFolder: '/etc/chrony' },
  other: null,
} as const satisfies { readonly [F in Family]: Distribution | null };
