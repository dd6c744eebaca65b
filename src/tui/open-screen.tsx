import { render } from 'ink';
import { unifiedDiff } from '#plan/unified-diff.js';
import { App, type ScreenEnd } from './app.js';
import type { ReviewSession } from './review-session.js';

interface ScreenOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** False under NO_COLOR: then there is not one SGR sequence on the screen. */
  readonly color: boolean;
  /** False where the locale is not UTF-8: signs are ASCII. */
  readonly unicode: boolean;
  /** Aborted where nobody is there to leave it. */
  readonly leaveSignal: AbortSignal;
}

/**
 * Shows the run on the terminal until the person leaves, and gives how they left. Whoever leaves before approving has
 * declined everything. The terminal is as it was afterwards, also when this rejects or the process ends.
 */
export async function openScreen(session: ReviewSession, options: ScreenOptions): Promise<ScreenEnd> {
  const { stdout, stdin, color, unicode, leaveSignal } = options;
  const screen = render(
    <App session={session} look={{ color, unicode }} nowMs={Date.now} unifiedDiff={unifiedDiff} />,
    {
      stdout,
      stdin,
      exitOnCtrlC: false,
      patchConsole: true,
      maxFps: 60,
      incrementalRendering: true,
      alternateScreen: true,
      interactive: true,
    },
  );
  leaveSignal.addEventListener('abort', () => screen.unmount());
  try {
    return (await screen.waitUntilExit()) as ScreenEnd;
  } finally {
    screen.unmount();
  }
}
