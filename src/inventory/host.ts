import type { Place } from '#errors/tsync-error.js';
import type { PlatformName } from './platforms.js';

/** A value as YAML gives it, after `{{ variable }}` substitution. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How a host is reached and how root is become there. Times in milliseconds. */
export interface ConnectionSettings {
  /** `ssh` is ssh2 in this process; `local` is `sh` on the machine that tsync runs on. */
  readonly transport: 'ssh' | 'local';
  /** A mounted tree instead of a running system, and the platform that it is made for. Only with `local`. */
  readonly image: { readonly root: string; readonly platform: PlatformName | null } | null;
  readonly address: string;
  readonly port: number;
  /** null: the operator's own user name. */
  readonly user: string | null;
  /** In the order to try; empty: the agent, then the usual files in ~/.ssh. */
  readonly privateKeyFiles: readonly string[];
  readonly password: string | null;
  readonly become: boolean;
  readonly becomeMethod: 'sudo';
  readonly becomeUser: string;
  readonly becomePassword: string | null;
  /** Known host keys given as `host_key:` (lines as in known_hosts without the name: `ssh-ed25519 AAAA...`, or `SHA256:...`). */
  readonly hostKeys: readonly string[];
  /** Brings back SHA-1 key exchange and signatures, by name of this host only. */
  readonly legacy: boolean;
  readonly connectTimeoutMs: number;
}

/** Settings somebody wrote under the key `tsync:` of a group or host, with where they were written. */
export interface SettingsLayer {
  /** For example `group azure (inventory.yaml:12)`. */
  readonly origin: string;
  readonly values: { readonly [key: string]: Json };
  /** Where the value at a path (`['rollout', 'serial', 0]`) was written; for a key that is not there, where its parent was. Not given: no file. */
  readonly placeOf?: (path: readonly PropertyKey[]) => Place;
}

/** One machine of the inventory. */
export interface Host {
  readonly name: string;
  /** Every group it is in, `all` first, then from the outermost to the innermost. */
  readonly groups: readonly string[];
  /** Merged by Ansible's precedence, `{{ }}` substituted where tsync can: what has no effect may stay as it was written. */
  readonly vars: { readonly [key: string]: Json };
  readonly connection: ConnectionSettings;
  /** Groups first (outermost to innermost), the host last. */
  readonly settings: readonly SettingsLayer[];
}
