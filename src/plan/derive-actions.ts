import type { Action, Change, ChangeId } from '#resources/resource.js';

/** What the derivation must know of the host: chrony's unit (null: none of ours), and whether it can reload sources. */
export interface ActionContext {
  readonly unit: string | null;
  readonly canReloadSources: boolean;
}

/** What the changes make necessary, in the order in which it is done, each with its cost. */
export function deriveActions(changes: readonly Change[], context: ActionContext): readonly Action[] {
  const asking = (need: Need) => changes.filter((change) => needOf(change, context).includes(need)).map(({ id }) => id);
  const restart = asking('restart');
  const reload = asking('reload-sources');
  return [
    ...free('daemon-reload', '', asking('daemon-reload')),
    ...free('udev-trigger', 'ptp', asking('udev-trigger')),
    ...ownRestarts(changes, context),
    ...daemonActions(changes, context, restart, reload),
  ];
}

type Need = 'daemon-reload' | 'udev-trigger' | 'restart' | 'reload-sources';

function daemonActions(
  changes: readonly Change[],
  { unit, canReloadSources }: ActionContext,
  restart: readonly ChangeId[],
  reload: readonly ChangeId[],
): readonly Action[] {
  if (unit === null || isStopped(changes, unit)) return [];
  const isReloadEnough = restart.length === 0 && canReloadSources;
  if (isReloadEnough) return free('reload-sources', '', reload);
  const after = [...restart, ...reload];
  return after.length === 0
    ? []
    : [{ kind: 'restart', name: unit, after, withoutSyncSeconds: RESTART_SECONDS, mayStep: true }];
}

/** Units that files of the user's own name, but for chrony's, which is restarted once for all. */
function ownRestarts(changes: readonly Change[], { unit }: ActionContext): readonly Action[] {
  const units = new Set(changes.flatMap((change) => restartOf(change) ?? []));
  return [...units]
    .filter((one) => one !== unit && !isStopped(changes, one))
    .flatMap((one) =>
      free(
        'restart',
        one,
        changes.filter((change) => restartOf(change) === one).map(({ id }) => id),
      ),
    );
}

function restartOf(change: Change): string | null {
  return change.kind === 'file' ? (change.restart ?? null) : null;
}

/** A restart costs about 25 s without sync, and it re-arms makestep. */
const RESTART_SECONDS = 25;

function free(kind: Need, name: string, after: readonly ChangeId[]): Action[] {
  return after.length === 0 ? [] : [{ kind, name, after, withoutSyncSeconds: 0, mayStep: false }];
}

/** Files decide by where they lie; a service or parameter is changed by its own verb. */
function needOf(change: Change, { unit }: ActionContext): readonly Need[] {
  if (change.kind !== 'file') return [];
  const { name } = change;
  if (name.startsWith('/etc/systemd/system/')) {
    return unit !== null && (name.startsWith(`/etc/systemd/system/${unit}.d/`) || change.restart === unit)
      ? ['daemon-reload', 'restart']
      : ['daemon-reload'];
  }
  if (name.startsWith('/etc/udev/rules.d/')) return ['udev-trigger'];
  if (name.startsWith('/etc/modprobe.d/')) return [];
  if (change.because === 'playbook/resource') return unit !== null && change.restart === unit ? ['restart'] : [];
  return name.endsWith('.sources') ? ['reload-sources'] : ['restart'];
}

function isStopped(changes: readonly Change[], unit: string): boolean {
  return changes.some((change) => change.kind === 'service' && change.name === unit && change.after?.active !== true);
}
