import { fileURLToPath } from 'node:url';
import { readInventory } from '#sources/read-inventory.js';
import { operatorHome } from '#transport/operator-home.js';
import { operatorName } from '#transport/operator-name.js';
import { print } from '../output.js';
import { scheduleCommand } from '../schedule-command.js';
import { INSTALLED_IN } from '../version.js';

/** `tsync schedule`: units and a cron line that audit regularly; the inventory must be one that can be read. */
export async function schedule(
  inventory: string,
  options: { readonly playbook?: string; readonly user: string; readonly calendar: string },
): Promise<number> {
  await readInventory(inventory);
  if (options.playbook !== undefined) await (await import('#sources/read-playbook.js')).readPlaybook(options.playbook);
  const { user, calendar, playbook = null } = options;
  const program = fileURLToPath(INSTALLED_IN).replace(/\/$/, '');
  const here = {
    folder: process.cwd(),
    user: operatorName(process.env),
    home: operatorHome(process.env),
    tsyncCommand: [process.execPath, `${program}/bin/tsync.js`],
    readPaths: [program, process.execPath].filter((path, index) => index === 0 || !path.startsWith(`${program}/`)),
  };
  print(scheduleCommand({ inventory, playbook, calendar, user, failOn: null }, here));
  return 0;
}
