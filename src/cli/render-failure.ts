import { inspect } from 'node:util';
import { renderError } from '#errors/render-error.js';
import { TsyncError } from '#errors/tsync-error.js';

/**
 * Prints what went wrong to standard error and gives the exit code: an operator's mistake with its place and hint, a wrong
 * command line as commander said it, anything else as our own failure with the stack.
 */
export function renderFailure(error: unknown, argv: readonly string[]): number {
  if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : 64;
  const failure =
    error instanceof TsyncError
      ? error
      : new TsyncError('internal/bug', error instanceof Error ? error.message : String(error), {
          exitCode: 1,
          cause: error,
        });
  if (isJsonAsked(argv)) {
    const { problem, place, exitCode } = failure;
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, error: { ...problem, place, exitCode } })}\n`);
  }
  process.stderr.write(`${renderError(failure)}\n`);
  if (failure.problem.code === 'internal/bug') process.stderr.write(`${inspect(failure.cause)}\n`);
  return failure.exitCode;
}

/** Asked of the words themselves: what failed may be the command line. */
function isJsonAsked(argv: readonly string[]): boolean {
  const format = argv.indexOf('--format');
  return argv.includes('--json') || argv.includes('--format=json') || (format >= 0 && argv[format + 1] === 'json');
}

/** commander throws these for --help, --version and mistakes; it has printed its text already. */
function isCommanderExit(error: unknown): error is { code: string; exitCode: number } {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('commander.') && 'exitCode' in error
  );
}
