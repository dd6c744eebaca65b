import { isAtLeast, parseVersion, SINCE } from '#config/chrony-version.js';
import type { DaemonName, Facts } from '#facts/facts.js';
import { findDaemon } from '#facts/find-daemon.js';
import type { Action, Change, ChangeId } from '#resources/resource.js';
import { isOfPlaybook } from '#rules/rules.js';

/**
 * What changes make necessary on this host, in the order in which it is done, each with its cost. Nothing in an image tree, where
 * nothing runs that could be restarted or told.
 */
export function deriveActions(changes: readonly Change[], facts: Facts): readonly Action[] {
  if (facts.place === 'image') return [];
  const context = contextOf(facts);
  const needs = changes.flatMap((change) => needsOf(change, context).map((need) => ({ ...need, id: change.id })));
  const asking = (kind: Need['kind']) => needs.filter((need) => need.kind === kind).map(({ id }) => id);
  return [
    ...free('daemon-reload', '', asking('daemon-reload')),
    ...free('udev-trigger', 'ptp', asking('udev-trigger')),
    ...ownRestarts(changes, context),
    ...DAEMONS.flatMap((daemon) => daemonActions(changes, context, daemon, needs)),
  ];
}

/** What is asked of the host again and again. */
interface ActionContext {
  /** The unit of each daemon that has one. */
  readonly units: ReadonlyMap<DaemonName, string>;
  /** Which daemon reads a file, where it is not chrony. */
  readonly owners: ReadonlyMap<string, DaemonName>;
  /** Whether chronyd runs and can take in other servers without a restart. */
  readonly canReloadSources: boolean;
}

function contextOf(facts: Facts): ActionContext {
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

/** Units that resources of the user's own name, but for those of time daemons, which are restarted once for all. */
function ownRestarts(changes: readonly Change[], context: ActionContext): readonly Action[] {
  const units = new Set(changes.flatMap(({ restart }) => restart ?? []));
  return [...units]
    .filter((one) => daemonOf(one, context) === null && !isStopped(changes, one))
    .flatMap((one) =>
      free(
        'restart',
        one,
        changes.filter(({ restart }) => restart === one).map(({ id }) => id),
      ),
    );
}

function daemonOf(unit: string, { units }: ActionContext): DaemonName | null {
  return DAEMONS.find((daemon) => units.get(daemon) === unit) ?? null;
}

/** What one change needs; `daemon`: whose restart, or whose sources. */
type Need =
  | { readonly kind: 'daemon-reload' | 'udev-trigger' }
  | { readonly kind: 'restart' | 'reload-sources'; readonly daemon: DaemonName };

function daemonActions(
  changes: readonly Change[],
  { units, canReloadSources }: ActionContext,
  daemon: DaemonName,
  needs: readonly (Need & { readonly id: ChangeId })[],
): readonly Action[] {
  const unit = units.get(daemon);
  if (unit === undefined || isStopped(changes, unit)) return [];
  const asking = (kind: Need['kind']) =>
    needs.flatMap((need) => (need.kind === kind && 'daemon' in need && need.daemon === daemon ? [need.id] : []));
  const [restart, reload] = [asking('restart'), asking('reload-sources')];
  if (restart.length === 0 && canReloadSources) return free('reload-sources', '', reload);
  const after = [...restart, ...reload];
  return after.length === 0
    ? []
    : [{ kind: 'restart', name: unit, after, withoutSyncSeconds: RESTART_SECONDS[daemon], mayStep: true }];
}

const DAEMONS = ['chrony', 'ntpd', 'ntpsec', 'timesyncd', 'openntpd'] as const satisfies readonly DaemonName[];

/**
 * How long a restart leaves the clock without sync, as the lab saw it. All of them may step: chronyd, whose makestep it re-arms;
 * ntpd above 0.128 s, and with -g any offset; timesyncd above 0.4 s (NTP_MAX_ADJUST of its timesyncd-manager.c).
 */
const RESTART_SECONDS: { readonly [D in DaemonName]: number } = {
  chrony: 25,
  ntpd: 12,
  ntpsec: 12,
  timesyncd: 2,
  openntpd: 60,
};

function free(
  kind: 'daemon-reload' | 'udev-trigger' | 'reload-sources' | 'restart',
  name: string,
  after: readonly ChangeId[],
): Action[] {
  return after.length === 0 ? [] : [{ kind, name, after, withoutSyncSeconds: 0, mayStep: false }];
}

/** Files decide by where they lie; a service or parameter is changed by its own verb. */
function needsOf(change: Change, context: ActionContext): readonly Need[] {
  if (change.kind !== 'file') return [];
  const { name } = change;
  const { units, owners } = context;
  const asked = change.restart === undefined ? null : daemonOf(change.restart, context);
  if (name.startsWith('/etc/systemd/system/')) {
    const daemon = asked ?? DAEMONS.find((one) => name.startsWith(`/etc/systemd/system/${units.get(one) ?? '?'}.d/`));
    return [{ kind: 'daemon-reload' }, ...(daemon === undefined ? [] : [{ kind: 'restart', daemon } as const])];
  }
  if (name.startsWith('/etc/udev/rules.d/')) return [{ kind: 'udev-trigger' }];
  if (name.startsWith('/etc/modprobe.d/') || name.startsWith('/etc/init.d/')) return [];
  if (isOfPlaybook(change.because)) return asked === null ? [] : [{ kind: 'restart', daemon: asked }];
  if (name.startsWith('/etc/systemd/timesyncd.conf')) return [{ kind: 'restart', daemon: 'timesyncd' }];
  if (name.endsWith('.sources')) return [{ kind: 'reload-sources', daemon: 'chrony' }];
  return [{ kind: 'restart', daemon: owners.get(name) ?? 'chrony' }];
}

function isStopped(changes: readonly Change[], unit: string): boolean {
  return changes.some((change) => change.kind === 'service' && change.name === unit && change.after?.active !== true);
}
