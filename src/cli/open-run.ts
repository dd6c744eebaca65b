import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { EngineDeps } from '#engine/deps.js';
import type { HostTask } from '#engine/host-task.js';
import { readOperatorClock } from '#engine/operator-clock.js';
import { Pace } from '#engine/pace.js';
import { loadPrograms } from '#engine/programs.js';
import { takeTurns } from '#engine/turns.js';
import { TsyncError } from '#errors/tsync-error.js';
import type { Event, EventBody, RunAsked, RunKind } from '#run/event.js';
import { type ExitOptions, exitCode } from '#run/exit-code.js';
import { reduce } from '#run/reduce.js';
import type { RunState } from '#run/run-state.js';
import { openStore } from '#store/open-store.js';
import type { Store } from '#store/store.js';
import { storeFolder } from '#store/store-folder.js';
import { createTransport } from '#transport/create-transport.js';
import { operatorHome } from '#transport/operator-home.js';
import { operatorName } from '#transport/operator-name.js';
import { PrivilegeGate } from '#transport/privilege-gate.js';
import { watchInterrupts } from './interrupts.js';
import type { FleetOptions } from './options.js';
import { sshOptions } from './ssh-options.js';
import { VERSION } from './version.js';
import { wallClock } from './wall-clock.js';

const monotonicMs = () => performance.now();
const nowSeconds = wallClock({ wallMs: Date.now, monotonicMs });

/** A run while it goes on: what the engine needs, and the fold over its events. */
export interface OpenRun {
  readonly run: string;
  readonly tasks: readonly HostTask[];
  readonly deps: EngineDeps;
  readonly state: () => RunState;
  /** Called with every event after it was stored and folded, first with the start of the run; returns what ends that. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  readonly interrupt: () => void;
  /** Aborted by SIGTERM and SIGHUP: nobody looks at the screen any more. */
  readonly endSignal: AbortSignal;
  /** Closes everything and gives the exit code. */
  readonly finish: (options: ExitOptions) => Promise<number>;
}

export interface RunRequest {
  readonly kind: RunKind;
  readonly tasks: readonly HostTask[];
  readonly inventory: string;
  /** For a rollback: the run that is taken back. */
  readonly of?: string;
  readonly asked?: RunAsked;
  /** False: nothing is kept (only for what changes nothing). */
  readonly store: boolean;
}

/** Opens store and transport, says that the run starts, and takes over Ctrl-C. */
export async function openRun(request: RunRequest, options: FleetOptions): Promise<OpenRun> {
  const transport = createTransport(sshOptions(options));
  const store = request.store ? openStore(storeFolder(process.env, operatorHome(process.env))) : null;
  const operatorClock = await readOperatorClock();
  const run = newRunId(new Date());
  const who = operator();
  const listeners = new Set<(event: Event) => void>();
  let state: RunState | null = null;
  let sequence = 0;
  let storeFailure: TsyncError | null = null;

  function emit(body: EventBody): Event {
    record(body);
    return tell(body.type === 'run-finished' && storeFailure !== null ? { ...body, exitCode: 1 } : body);
  }
  function tell(body: EventBody): Event {
    const event = next(body, ++sequence);
    state = reduce(state, event);
    for (const listener of listeners) listener(event);
    return event;
  }

  /** Nothing begins without a record; what was begun goes on without one, once it cannot be written any more. */
  function record(body: EventBody): void {
    if (storeFailure === null) recording(() => store?.append(run, next(body, sequence + 1)));
    if (storeFailure !== null && BEGINNINGS.has(body.type)) throw storeFailure;
  }
  function recording(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (state === null || !(error instanceof TsyncError)) throw error;
      storeFailure = error;
      interrupts.finish();
      tell({ type: 'store-failed', problem: error.problem });
    }
  }

  const { kind, tasks, inventory, of = null, asked } = request;
  const hosts = tasks.map(({ host }) => host.name);
  const interrupts = watchInterrupts((how) => emit({ type: 'run-interrupted', how }), monotonicMs);
  const started = emit({
    type: 'run-started',
    kind,
    run,
    hosts,
    who,
    version: VERSION,
    inventory,
    operatorClock,
    of,
    ...(asked === undefined ? {} : { asked }),
  });

  const current = (): RunState => {
    if (state === null) throw new Error('the run has no state before its first event');
    return state;
  };
  return {
    run,
    tasks,
    deps: {
      transport,
      privilege: new PrivilegeGate(),
      programs: loadPrograms(),
      emit,
      clock: { nowSeconds, monotonicMs, sleep },
      forks: options.forks,
      pace: new Pace(),
      turn: takeTurns(),
      newNonce: () => randomBytes(16).toString('hex'),
      today: new Date().toISOString().slice(0, 10),
      finishSignal: interrupts.finishSignal,
      leaveSignal: interrupts.leaveSignal,
      loginName: operatorName(process.env),
      run,
      who,
      version: VERSION,
    },
    state: current,
    subscribe(listener) {
      listeners.add(listener);
      listener(started);
      return () => listeners.delete(listener);
    },
    interrupt: interrupts.interrupt,
    endSignal: interrupts.endSignal,
    async finish(options) {
      if (storeFailure === null) recording(() => store?.flush());
      emit({ type: 'run-finished', exitCode: exitCode(current(), options) });
      interrupts.stop();
      await transport.close();
      closeStore(store, storeFailure !== null);
      return exitCode(current(), options);
    },
  };
}

function next(body: EventBody, sequence: number): Event {
  return { ...body, at: new Date().toISOString(), sequence };
}

/** What is announced by these must not be begun when the announcement cannot be kept. */
const BEGINNINGS: ReadonlySet<EventBody['type']> = new Set([
  'run-started',
  'apply-started',
  'packages-started',
  'abandoned-taken-back',
]);

/** A store that failed says so once more when it is closed. */
function closeStore(store: Store | null, hasFailed: boolean): void {
  try {
    store?.close();
  } catch (error) {
    if (!hasFailed) throw error;
  }
}

/** Sorts by time, and two of the same second differ: `20261122-101530-4f2a91`. */
function newRunId(now: Date): string {
  const [date, time] = now.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `${date}-${time}-${randomBytes(3).toString('hex')}`;
}

/** Who answers for this run: through sudo, the person behind it. */
function operator(): string {
  return `${process.env.SUDO_USER ?? operatorName(process.env)}@${hostname()}`;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
