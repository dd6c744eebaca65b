import type { ConnectionSettings } from '#inventory/host.js';

/** Which user a program is to run as, by sudo. */
export interface Become {
  readonly user: string;
  /** null: none was given, and sudo must not need one. */
  readonly password: string | null;
}

/**
 * What the inventory wants to become on a host; null: nothing to do, the login is that user already.
 *
 * @param operator the operator's own user name, for hosts that name no user
 */
export function becomeOf(settings: ConnectionSettings, operator: string): Become | null {
  const login = settings.user ?? operator;
  if (!settings.become || settings.becomeUser === login) return null;
  return { user: settings.becomeUser, password: settings.becomePassword };
}
