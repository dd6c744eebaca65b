import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scheduleText } from '#report/schedule.js';
import { readInventory } from '#sources/read-inventory.js';
import { print } from '../output.js';

/** `tsync schedule`: units and a cron line that audit regularly; the inventory must be one that can be read. */
export async function schedule(
  inventory: string,
  options: { readonly playbook?: string; readonly user: string; readonly calendar: string },
): Promise<number> {
  await readInventory(inventory);
  if (options.playbook !== undefined) await (await import('#sources/read-playbook.js')).readPlaybook(options.playbook);
  print(
    scheduleText({
      inventory: resolve(inventory),
      playbook: options.playbook === undefined ? null : resolve(options.playbook),
      tsyncCommand: fileURLToPath(new URL('../../../bin/tsync.js', import.meta.url)),
      user: options.user,
      calendar: options.calendar,
    }),
  );
  return 0;
}
