import { renderFailure } from './render-failure.js';

/**
 * Runs one command line and leaves its exit code in `process.exitCode` (docs/exit-codes.md). The one place where errors become
 * text and a code.
 */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  try {
    const { buildProgram } = await import('./program.js');
    let code = 0;
    const program = buildProgram((result) => {
      code = result;
    });
    await program.parseAsync([...argv]);
    process.exitCode = code;
  } catch (error) {
    process.exitCode = renderFailure(error, argv);
  }
}

/** `tsync history | head` is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

await main(process.argv);
