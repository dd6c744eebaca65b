import type { Host } from '#inventory/host.js';
import type { ResolvedSettings } from '#settings/settings.js';

/** One host of a run with the settings that hold for it. */
export interface HostTask {
  readonly host: Host;
  readonly settings: ResolvedSettings;
}
