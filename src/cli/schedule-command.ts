import { resolve } from 'node:path';
import { printable } from '#errors/printable.js';
import { TsyncError } from '#errors/tsync-error.js';
import { type ScheduleOptions, scheduleText } from '#report/schedule.js';

/** What `tsync schedule INVENTORY` was given. */
export interface ScheduleFlags {
  readonly inventory: string;
  readonly playbook: string | null;
  /** A systemd calendar expression; only for those in `CRON` there is a cron line too. */
  readonly calendar: string;
  /** null: the account that asks. */
  readonly user: string | null;
  /** null: `--fail-on` is left to its default. */
  readonly failOn: string | null;
}

/** Where it runs: what the command line knows of this machine. */
export interface ScheduleSurroundings {
  readonly folder: string;
  readonly user: string;
  readonly home: string;
  /** Absolute words that start this tsync, and the folders that these need. */
  readonly tsyncCommand: readonly string[];
  readonly readPaths: readonly string[];
}

/** The same time for cron, at odd minutes: everybody else begins at :00. systemd has its own random delay. */
const CRON: { readonly [calendar: string]: string } = {
  '*:0/15': '7-59/15 * * * *',
  hourly: '17 * * * *',
  daily: '17 5 * * *',
  weekly: '17 5 * * 1',
};

/** The text that `tsync schedule` prints. Throws `usage/invalid` for an account or a path that cannot be written down. */
export function scheduleCommand(flags: ScheduleFlags, here: ScheduleSurroundings): string {
  return scheduleText(scheduleOptions(flags, here));
}

function scheduleOptions(flags: ScheduleFlags, here: ScheduleSurroundings): ScheduleOptions {
  const user = flags.user ?? here.user;
  if (!/^[a-z_][\w.-]*\$?$/i.test(user)) throw invalid(`"${printable(user)}" is no name of an account.`);
  const paths = [flags.inventory, ...(flags.playbook === null ? [] : [flags.playbook])];
  if ([...paths, flags.calendar, flags.failOn ?? ''].some((text) => /[\u0000-\u001f\u007f]/.test(text))) {
    throw invalid('A name with a control character cannot be written into a unit file.');
  }
  return {
    inventory: resolve(here.folder, flags.inventory),
    playbook: flags.playbook === null ? null : resolve(here.folder, flags.playbook),
    tsyncCommand: here.tsyncCommand,
    readPaths: here.readPaths,
    user,
    home: flags.user === null || flags.user === here.user ? here.home : `/home/${user}`,
    auditArguments: flags.failOn === null ? [] : ['--fail-on', flags.failOn],
    calendar: flags.calendar,
    cron: CRON[flags.calendar] ?? null,
  };
}

function invalid(detail: string): TsyncError {
  return new TsyncError('usage/invalid', detail, { exitCode: 64 });
}
