import type { Report } from '#report/formats.js';
import type { FailOn } from '#run/exit-code.js';
import type { OpenRun } from './open-run.js';
import type { ExitOptions, OutputOptions } from './options.js';
import { followEvents, printEnd } from './output.js';

type Options = OutputOptions & ExitOptions & { readonly failOn?: FailOn };

/** Holds a run that needs no review: tells its events as they happen, and its end as `text`. Gives the exit code. */
export async function followed(
  run: OpenRun,
  options: Options,
  work: () => Promise<unknown>,
  text: Report,
): Promise<number> {
  const code = await finished(run, options, work);
  printEnd(run.state(), options, text);
  return code;
}

/** The same, where the command itself prints the end. */
export async function finished(run: OpenRun, options: Options, work: () => Promise<unknown>): Promise<number> {
  const unfollow = followEvents(run, options);
  await work();
  const code = await run.finish({ failOn: options.failOn ?? 'never', maxUnreachable: options.maxUnreachable });
  unfollow();
  return code;
}
