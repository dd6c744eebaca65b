import type { SelectedSource } from '#checks/check.js';
import type { Strategy } from '#settings/settings.js';
import type { RefclockUse } from './refclock.js';

export interface StrategyRow {
  /** `removed`: no source of chronyd any more. `left`: as it is, because this host has none to decide about. */
  readonly phc: RefclockUse | 'removed' | 'left';
  /** `playbook`: those of the playbook alone; with none in the playbook, those that are configured. */
  readonly servers: 'none' | 'playbook' | 'kept';
  /** What comes nearest where the host offers no PTP clock. */
  readonly nearest: Exclude<Strategy, 'auto'> | null;
  /** What the daemon must have selected. */
  readonly selected: SelectedSource;
}

/** The one table of design section 7; `auto` resolves to one of these. */
export const STRATEGY_ROWS: { readonly [S in Exclude<Strategy, 'auto'>]: StrategyRow } = {
  'host-only': { phc: 'removed', servers: 'none', nearest: 'ptp-only', selected: { refclock: false, server: false } },
  'host+ntp': { phc: 'removed', servers: 'playbook', nearest: null, selected: { refclock: false, server: true } },
  'host+ptp': { phc: 'beside', servers: 'kept', nearest: 'host+ntp', selected: { refclock: true, server: true } },
  'ptp-only': { phc: 'only', servers: 'none', nearest: 'ntp-only', selected: { refclock: true, server: false } },
  'ptp+ntp': { phc: 'first', servers: 'playbook', nearest: 'ntp-only', selected: { refclock: true, server: false } },
  'ntp-only': { phc: 'removed', servers: 'playbook', nearest: null, selected: { refclock: false, server: true } },
  monitor: { phc: 'watched', servers: 'kept', nearest: 'host+ntp', selected: { refclock: false, server: true } },
};
