import { suggestion } from '#errors/did-you-mean.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Host, SettingsLayer } from '#inventory/host.js';
import type { Inventory } from '#inventory/inventory.js';
import { matchesHost, unknownNames } from '#inventory/match-hosts.js';
import type { ResolvedSettings } from '#settings/settings.js';
import type { Play, Playbook } from './playbook.js';
import { mergeSettings } from './settings-values.js';

/** What the verification may need after the settle time: connecting, measuring, the verdict. */
const VERDICT_SECONDS = 30;

/**
 * The settings of one host: defaults < play < groups (outermost first) < host < flags, with the origin of each value.
 * null: there is a playbook, and no play of it names this host. Loads no schema; layers are checked where they are read
 * (`readInventory`, `parsePlaybook`). Throws `TsyncError`: a host in two plays, a play that names what the inventory does not
 * have, a guard that would fire before the verification ends.
 */
export function resolveSettings(
  host: Host,
  inventory: Inventory,
  playbook: Playbook | null,
  flags: SettingsLayer | null,
): ResolvedSettings | null {
  const play = playbook === null ? null : playOf(host, inventory, playbook);
  if (playbook !== null && play === null) return null;
  const resolved = mergeSettings([...(play ? [play.settings] : []), ...host.settings, ...(flags ? [flags] : [])]);
  checkGuard(host, resolved, [flags, ...host.settings.toReversed(), play?.settings ?? null]);
  return resolved;
}

function playOf(host: Host, inventory: Inventory, playbook: Playbook): Play | null {
  for (const play of playbook.plays) checkNames(inventory, play);
  const [first, second] = playbook.plays.filter((play) => matchesHost(inventory, play.hosts, host));
  if (!second) return first ?? null;
  const detail = `The host '${host.name}' is in play ${first!.number} and in play ${second.number}.`;
  throw new TsyncError('playbook/two-plays', detail, { exitCode: 65, place: second.hostsPlace });
}

function checkNames(inventory: Inventory, { hosts, hostsPlace, number }: Play): void {
  const [unknown] = unknownNames(inventory, hosts);
  if (unknown === undefined) return;
  const meant = suggestion(unknown, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
  const detail = `Play ${number} names '${unknown}', which is no host and no group of ${inventory.file}.${meant}`;
  throw new TsyncError('inventory/no-match', detail, { exitCode: 65, place: hostsPlace });
}

function checkGuard(
  host: Host,
  { settings, origins }: ResolvedSettings,
  layers: readonly (SettingsLayer | null)[],
): void {
  const { settleTimeoutSeconds, confirmTimeoutSeconds } = settings.rollout;
  if (confirmTimeoutSeconds > settleTimeoutSeconds + VERDICT_SECONDS) return;
  const detail =
    `For the host '${host.name}' rollout.confirm_timeout is ${confirmTimeoutSeconds} s (${origins['rollout.confirm_timeout']}) and ` +
    `rollout.settle_timeout is ${settleTimeoutSeconds} s (${origins['rollout.settle_timeout']}).`;
  const place = guardPlace(layers);
  throw new TsyncError('playbook/guard-too-short', detail, place ? { exitCode: 65, place } : { exitCode: 64 });
}

/** In the innermost layer that says something of either. */
function guardPlace(
  layers: readonly (SettingsLayer | null)[],
): ReturnType<NonNullable<SettingsLayer['placeOf']>> | undefined {
  for (const layer of layers) {
    const rollout = layer?.values.rollout as Partial<Record<string, unknown>> | undefined;
    const key = ['confirm_timeout', 'settle_timeout'].find((name) => rollout?.[name] !== undefined);
    if (key !== undefined) return layer?.placeOf?.(['rollout', key]);
  }
  return undefined;
}
