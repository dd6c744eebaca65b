import type { Facts } from '#facts/facts.js';
import { isAtLeast, parseVersion, SINCE } from '#policy/chrony-version.js';
import type { ActionContext } from './derive-actions.js';

/** What the derivation of actions must know of this host. */
export function actionContext(facts: Facts): ActionContext {
  const chrony = facts.daemons.find((daemon) => daemon.name === 'chrony');
  const version = chrony?.version.value === null || chrony === undefined ? null : parseVersion(chrony.version.value);
  return {
    unit: chrony?.unit ?? null,
    canReloadSources: version !== null && isAtLeast(version, SINCE.confdir) && chrony?.active.value === true,
  };
}
