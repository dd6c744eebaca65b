import { isatty } from 'node:tty';
import { leave } from './leave.js';
import { outliveOutputs } from './outlive-outputs.js';
import { renderFailure } from './render-failure.js';

/**
 * Runs one command line and leaves its exit code in `process.exitCode` (docs/reference/exit-codes.md). The one place where errors become
 * text and a code.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const isDataLost = outliveOutputs(process.stdout, process.stderr);
  try {
    const { buildProgram } = await import('./program.js');
    let code = 0;
    const program = buildProgram((result) => {
      code = result;
    });
    await program.parseAsync([...argv]);
    process.exitCode = isDataLost() ? 1 : code;
  } catch (error) {
    process.exitCode = renderFailure(error, argv);
  }
}

await main(process.argv);
const { stdout, stderr } = process;
const isWatched = stderr.isTTY === true || isatty(0);
await leave({ stdout, stderr, isWatched, exit: (code) => process.exit(code) });
