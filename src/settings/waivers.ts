import type { RuleId } from '#resources/resource.js';
import type { Waiver } from './settings.js';

/** The reason of the waiver that accepts findings of `rule` on the day `today` (ISO date), or null. The last day counts. */
export function waiverReason(waivers: readonly Waiver[], rule: RuleId, today: string): string | null {
  const waiver = waivers.find((one) => one.rule === rule && (one.expires === null || today <= one.expires));
  return waiver?.reason ?? null;
}
