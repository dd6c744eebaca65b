import { isAtLeast, parseVersion, SINCE } from '#config/chrony-version.js';
import type { DaemonName, Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import type { ActionContext } from './derive-actions.js';

/** What the derivation of actions must know of this host. */
export function actionContext(facts: Facts): ActionContext {
  const chrony = findDaemon(facts, 'chrony');
  const version = chrony?.version.value === null || chrony === undefined ? null : parseVersion(chrony.version.value);
  return {
    units: new Map(facts.daemons.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit] as const]))),
    owners: new Map(ownersOf(facts)),
    canReloadSources: version !== null && isAtLeast(version, SINCE.confdir) && chrony?.active.value === true,
  };
}

/** Files of the daemons that are installed; one that two of them name belongs to the one that runs. */
function ownersOf({ daemons }: Facts): readonly (readonly [string, DaemonName])[] {
  const installed = daemons.filter(({ installed, name }) => installed.value === true && name !== 'chrony');
  const sorted = [...installed.filter(({ active }) => active.value !== true), ...installed.filter(isActive)];
  return sorted.flatMap(({ name, configFiles }) => configFiles.map((path) => [path, name] as const));
}

function isActive({ active }: Facts['daemons'][number]): boolean {
  return active.value === true;
}
