import type { Family } from '#facts/facts.js';

/** How chrony under systemd lies on a family of distributions. */
export interface Distribution {
  /** First release that is known; 0: every release with systemd. */
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
  debian: { oldest: 0, snippetFolder: '/etc/chrony' },
  rhel: { oldest: 7, snippetFolder: '/run' },
  fedora: { oldest: 0, snippetFolder: '/run' },
  amazon: { oldest: 2, snippetFolder: '/run' },
  azurelinux: { oldest: 2, snippetFolder: '/run' },
  suse: { oldest: 12, snippetFolder: '/run' },
  flatcar: { oldest: 0, snippetFolder: '/run' },
  alpine: { oldest: 0, snippetFolder: '/etc/chrony' },
  other: null,
} as const satisfies { readonly [F in Family]: Distribution | null };
