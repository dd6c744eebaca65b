import { TsyncError } from '#errors/tsync-error.js';
import type { SettingsLayer } from '#inventory/host.js';
import { mistakeOf } from './playbook-mistake.js';
import { settingsSchema } from './playbook-schema.js';

/**
 * Checks settings that were written below `tsync:` in an inventory or given by flags (loads zod: import it only when there
 * are some). Throws `TsyncError`: 65 with the place, or 64 where they were written in no file.
 */
export function checkSettingsLayer(layer: SettingsLayer): void {
  const result = settingsSchema.safeParse(layer.values, { reportInput: true });
  if (result.success) return;
  const { code, path, detail } = mistakeOf(settingsSchema, result.error);
  const place = layer.placeOf?.(path);
  throw new TsyncError(code, `${detail} (${layer.origin})`, place ? { exitCode: 65, place } : { exitCode: 64 });
}
