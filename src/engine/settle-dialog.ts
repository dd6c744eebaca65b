import type { Frame } from '#conversation/frames.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { Host } from '#inventory/host.js';
import type { ClockMeasurement } from '#snapshot/snapshot.js';
import type { ClockRound } from '#transport/conversation-clock.js';
import type { ConverseControl } from '#transport/converse.js';
import type { EngineDeps } from './deps.js';
import { measurementOf } from './probe-host.js';
import { talk } from './talk.js';

/** One open conversation with the settle program: requests and their answers, one at a time. */
export interface SettleDialog {
  /** Sends a request line; resolves with the frames up to the next `idle`. Rejects with `HostTrouble` when the line is lost. */
  readonly request: (line: string) => Promise<readonly Frame[]>;
  readonly measureClock: () => Promise<ClockMeasurement | null>;
}

const SILENCE_MS = 90_000;

/**
 * Opens a new connection, starts the settle program as root and lets `drive` hold the dialog; ends both afterwards.
 * Rejects with what `drive` threw, or with `HostTrouble`.
 */
export async function withSettleDialog<T>(
  host: Host,
  deps: EngineDeps,
  options: { readonly seconds: number; readonly asRoot: boolean; readonly asked?: readonly string[] },
  drive: (dialog: SettleDialog) => Promise<T>,
): Promise<T> {
  const waiting: Waiter[] = [];
  let frames: Frame[] = [];
  let control: ConverseControl | null = null;
  const opened = new Promise<void>((resolve, reject) => waiting.push({ resolve: () => resolve(), reject }));

  const ended = talk(host, deps, {
    program: deps.programs.settle,
    kind: 'settle',
    asRoot: options.asRoot,
    parameters: [`seconds=${options.seconds}`, `who=${deps.who}`, ...(options.asked ?? [])],
    clock: null,
    silenceMs: SILENCE_MS,
    totalMs: options.seconds * 1000,
    onFrame(frame, newControl) {
      control = newControl;
      if (frame.type !== 'idle') {
        frames.push(frame);
        return;
      }
      const answer = frames;
      frames = [];
      waiting.shift()?.resolve(answer);
    },
  }).then(
    ({ lastWords }) => {
      const detail = `The conversation ended before the verification did. ${lastWords}`.trimEnd();
      fail(new HostTrouble(problem('verify/cut-off', detail)));
    },
    (error: unknown) => fail(error),
  );

  let failure: unknown = null;
  function fail(error: unknown): void {
    failure = error;
    for (const waiter of waiting.splice(0)) waiter.reject(error);
  }
  function request(send: (control: ConverseControl) => void): Promise<readonly Frame[]> {
    return new Promise((resolve, reject) => {
      if (failure !== null || control === null) return reject(failure);
      waiting.push({ resolve, reject });
      send(control);
    });
  }

  await opened;
  const dialog: SettleDialog = {
    request: (line) => request((open) => open.send(line)),
    async measureClock() {
      const asked = Promise.withResolvers<ClockRound>();
      await request((open) => asked.resolve(open.measureClock()));
      return measurementOf(await asked.promise);
    },
  };
  try {
    return await drive(dialog);
  } finally {
    if (failure === null && control !== null) (control as ConverseControl).send('bye');
    await ended;
  }
}

/** What the host said of a request: the state of its last step of that name, printable; '' when there was none. */
export function answerOf(frames: readonly Frame[], id: string): string {
  const step = frames.findLast((frame) => frame.type === 'step' && frame.id === id);
  return step?.type === 'step' ? printable(step.state) : '';
}

interface Waiter {
  readonly resolve: (frames: readonly Frame[]) => void;
  readonly reject: (error: unknown) => void;
}
