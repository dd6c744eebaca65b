import { defaultFrameLimits, FrameReader } from '#conversation/frame-reader.js';
import type { Frame } from '#conversation/frames.js';
import { knownSections, type ProgramKind } from '#conversation/known-sections.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type ProblemCode, problem } from '#errors/problem.js';
import type { Become } from './become.js';
import { bootstrapCommand, bootstrapInput, INPUT_TAKEN, type Marks, sudoPrompt } from './bootstrap.js';
import type { ClockAsking } from './clock-rounds.js';
import type { Connection, ExecEnd, ImageAccess, RemoteExec } from './connection.js';
import { type ClockRound, ConversationClock } from './conversation-clock.js';
import { Deadline } from './deadline.js';
import { PasswordDialogue } from './password-dialogue.js';
import { notTried, type PasswordAttempt, type PrivilegeGate } from './privilege-gate.js';
import { explainNoShell } from './shell-trouble.js';
import { explainSudo, isOfSudo } from './sudo-trouble.js';

export interface ConverseOptions {
  /** The host's name in the inventory, to be shown. */
  readonly host: string;
  readonly marks: Marks;
  readonly program: Uint8Array;
  /** What the program may print. */
  readonly kind: ProgramKind;
  /** `key=value` lines. */
  readonly parameters: readonly string[];
  readonly become: Become | null;
  /** One for the whole fleet. */
  readonly privilege: PrivilegeGate;
  /** Aborted: nobody waits any more for what becomes of the password on other hosts. */
  readonly signal?: AbortSignal;
  readonly deadlines: ConverseDeadlines;
  /** All that the host may print in one answer, from a request to the next. */
  readonly maxBytes: number;
  /** null: the program has no exchanges at its beginning. */
  readonly clock: ClockAsking | null;
  /** Of an image tree: whether the program writes. Default: it does. */
  readonly access?: ImageAccess;
  readonly monotonicMs: () => number;
  readonly nowSeconds: () => number;
  /** Every frame, in order; what it throws ends the conversation with that error. */
  readonly onFrame: (frame: Frame, control: ConverseControl) => void;
}

export interface ConverseDeadlines {
  /** From the request to run the command until READY, sudo included. */
  readonly readyMs: number;
  /** Between two outputs, while the program has something to do (not after `idle`). */
  readonly silenceMs: number;
  /** From the request until `done`. */
  readonly totalMs: number;
}

/** What a listener may do in the middle of a conversation. */
export interface ConverseControl {
  /** Sends one request line, without its line feed. */
  send(line: string): void;
  /** Sends `clock` and runs a round of exchanges; settles when its `go` was answered by `idle`, which the listener is given too. */
  measureClock(asking?: ClockAsking): Promise<ClockRound>;
}

/** The round at the program's beginning, and how it ended: `cut` without the frame `done`: what it did last is not known. */
export interface Conversed extends ClockRound {
  readonly end: 'done' | 'cut';
  /** null with `done`: nobody waits for the status then. */
  readonly exit: ExecEnd | null;
  /** How the command ended and what it printed beside its frames, a printable sentence; '' with `done`. */
  readonly lastWords: string;
}

/** Three prompt answers: each costs 0.2 to 0.6 ms of CPU here, and the shortest round trip of three is rarely bettered by a fourth. */
export const defaultClockAsking: ClockAsking = { burst: 3, bursts: 4, goodEnoughSeconds: 0.01 };

/**
 * Holds the conversation of docs/internals/host-programs.md: starts the shell, becomes the user, sends the program, gives out its frames and
 * exchanges clock readings. Rejects with `HostTrouble` (`privilege/*`, `transport/*`); every wait has a deadline.
 *
 * Without a password the program follows at once. With one, the password is sent only at sudo's prompt and the program only after
 * READY: otherwise sudo would take lines of the program for passwords, or `sh` would run the password. No sudo is started that
 * would be left waiting for a password: to be left without one counts as a wrong one where accounts lock.
 */
export async function converse(connection: Connection, options: ConverseOptions): Promise<Conversed> {
  const enclosure = connection.enclosure?.(options.access ?? 'write');
  const command = bootstrapCommand(options.marks, options.program.length, options.become, enclosure);
  const attempt = await mayUsePassword(options);
  try {
    const asked = options.monotonicMs();
    const exec = await connection.exec(command);
    // Opening the channel took one turnaround.
    const turnaroundMs = options.monotonicMs() - asked;
    return await new Promise((resolve, reject) => {
      new Conversation(exec, turnaroundMs, { ...options, attempt }, resolve, reject);
    });
  } finally {
    attempt?.undecided();
  }
}

/** Waits for the other hosts that try the password; null: there is none. */
async function mayUsePassword({ become, privilege, host, signal }: ConverseOptions): Promise<PasswordAttempt | null> {
  const password = become?.password ?? null;
  if (password === null) return null;
  const answer = await privilege.enter(password, host, signal);
  if (answer.status === 'try') return answer.attempt;
  const refusal =
    answer.by.length === 0
      ? problem('transport/interrupted', `${host} was left before the password could be tried there.`)
      : problem('privilege/not-tried', notTried(answer.by, host));
  throw new HostTrouble(refusal);
}

const idleMs = (): number => performance.eventLoopUtilization().idle;

const SAID_BYTES = 8_192;
/** A banner and a chatty .bashrc are a few KiB: all that is no frame, before READY and on standard error. */
const NOISE_BYTES = 1_048_576;

function statusOf(end: ExecEnd): string {
  if (end.signal !== null) return `signal ${end.signal}`;
  return end.code === null ? 'no status' : `status ${end.code}`;
}

class Conversation {
  readonly #exec: RemoteExec;
  readonly #options: ConverseOptions & { readonly attempt: PasswordAttempt | null };
  readonly #resolve: (conversed: Conversed) => void;
  readonly #reject: (error: unknown) => void;
  readonly #reader: FrameReader;
  readonly #deadline: Deadline;
  readonly #total: NodeJS.Timeout;
  readonly #control: ConverseControl;
  readonly #clock: ConversationClock;
  /** null: no password is given. */
  readonly #dialogue: PasswordDialogue | null;
  readonly #decoder = new TextDecoder();
  #over = false;
  #idle = false;
  /** The program was heard, not only the shell. */
  #begun = false;
  /** What the host printed beside the frames, bounded, to explain a failure. */
  #said = '';
  #saidBytes = 0;

  constructor(
    exec: RemoteExec,
    turnaroundMs: number,
    options: ConverseOptions & { readonly attempt: PasswordAttempt | null },
    resolve: (conversed: Conversed) => void,
    reject: (error: unknown) => void,
  ) {
    this.#exec = exec;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const limits = { ...defaultFrameLimits, answerBytes: options.maxBytes };
    this.#reader = new FrameReader(options.marks, knownSections(options.kind), limits);
    this.#deadline = new Deadline((awaited, ms) => this.#tooLate(awaited, ms));
    const { monotonicMs, nowSeconds, marks, become, attempt } = options;
    const send = (lines: string) => this.#send(lines.trimEnd());
    this.#clock = new ConversationClock({ send, monotonicMs, nowSeconds, idleMs, turnaroundMs });
    const password = become?.password ?? null;
    this.#dialogue =
      attempt === null || password === null
        ? null
        : new PasswordDialogue(sudoPrompt(marks), attempt, () => exec.write(`${password}\n`));
    this.#control = { send: (line) => this.#request(line), measureClock: (asking) => this.#measureClock(asking) };
    const { totalMs } = options.deadlines;
    this.#total = setTimeout(() => this.#tooLate('the end of the program', totalMs), totalMs);
    exec.onStdout((chunk) => this.#guarded(() => this.#onStdout(chunk)));
    exec.onStderr((chunk) => this.#guarded(() => this.#onStderr(chunk)));
    exec.ended.then((end) => this.#guarded(() => this.#onEnded(end)));
    this.#deadline.start('the shell', options.deadlines.readyMs);
    if (this.#dialogue === null) this.#sendProgram();
  }

  #sendProgram(): void {
    const { marks, parameters, program, clock } = this.#options;
    this.#exec.write(bootstrapInput(marks, parameters, program));
    if (clock !== null) this.#clock.begin(clock);
  }

  /** Asks for an answer; what travels within a round of the clock (`t`, `go`) does not. */
  #request(line: string): void {
    this.#reader.answerBegins();
    this.#send(line);
  }

  #send(line: string): void {
    if (this.#over) return;
    this.#exec.write(`${line}\n`);
    if (this.#idle) this.#expectOutput();
  }

  #measureClock(asking: ClockAsking = defaultClockAsking): Promise<ClockRound> {
    this.#request('clock');
    return this.#clock.measure(asking);
  }

  #expectOutput(): void {
    this.#idle = false;
    const awaited = this.#begun ? 'the next output of the program' : 'the first output of the program';
    this.#deadline.start(awaited, this.#options.deadlines.silenceMs);
  }

  #onStdout(chunk: Uint8Array): void {
    if (!this.#reader.ready) this.#remember(chunk);
    const frames = this.#reader.push(chunk);
    // before anything of the same chunk is believed
    if (this.#reader.violation !== null) {
      this.#forged(this.#reader.violation);
      return;
    }
    if (this.#reader.ready && !this.#idle) this.#expectOutput();
    for (const frame of frames) {
      if (this.#over) return;
      this.#onFrame(frame);
    }
    if (this.#reader.overflowed) this.#tooMuch();
  }

  #onFrame(frame: Frame): void {
    if (frame.type === 'ready') this.#onReady();
    else this.#begun = true;
    if (frame.type === 'idle') this.#onIdle();
    this.#clock.onFrame(frame);
    this.#options.onFrame(frame, this.#control);
    if (frame.type === 'done') this.#onDone();
    else if (this.#clock.isSecondOver) this.#finish('done', null);
  }

  #onDone(): void {
    const { clock } = this.#options;
    if (this.#clock.isInSecond) return;
    if (clock === null || !this.#clock.beginSecond(clock)) this.#finish('done', null);
  }

  #onReady(): void {
    this.#said = '';
    if (this.#dialogue === null) return;
    this.#dialogue.shellStarted();
    this.#sendProgram();
  }

  #onIdle(): void {
    this.#idle = true;
    this.#deadline.stop();
  }

  #onStderr(chunk: Uint8Array): void {
    this.#remember(chunk);
    if (this.#dialogue === null || this.#reader.ready) return;
    const { rest, isWrong } = this.#dialogue.hear(this.#said);
    this.#said = rest;
    if (!isWrong) return;
    this.#exec.endInput();
    this.#fail('privilege/wrong-password', 'sudo asked a second time after the password had been given.');
  }

  #onEnded(end: ExecEnd): void {
    if (this.#clock.isInSecond) this.#finish('done', null);
    else if (end.problem) this.#failWith(new HostTrouble(end.problem));
    else if (this.#reader.ready && !this.#begun && end.code === INPUT_TAKEN) {
      this.#fail('transport/input-taken', `On ${this.#options.host} nothing was run.`);
    } else if (this.#reader.ready) this.#finish('cut', end);
    else if (this.#options.become !== null && (this.#dialogue?.wasAsked || isOfSudo(this.#said))) {
      this.#sudoEnded();
    } else this.#failWith(new HostTrouble(explainNoShell(this.#said, this.#howEnded(end))));
  }

  #howEnded(end: ExecEnd): string {
    return `The command ended (${statusOf(end)}); the host ${this.#printed()}`;
  }

  #sudoEnded(): void {
    const trouble = explainSudo(this.#said, this.#dialogue?.isSent === true);
    this.#dialogue?.sudoEnded(trouble.password);
    this.#failWith(new HostTrouble(trouble.problem));
  }

  #tooLate(awaited: string, ms: number): void {
    const waited = `Waited ${ms / 1000} s for ${awaited} on ${this.#options.host}`;
    const printed = `${waited}; the host ${this.#printed()}`;
    if (this.#reader.ready) this.#fail('transport/silent', this.#said.trim() === '' ? `${waited}.` : printed);
    else if (this.#options.become !== null) this.#fail('privilege/timeout', printed);
    else this.#fail('transport/no-shell', printed);
  }

  #tooMuch(): void {
    const detail = `${this.#options.host} printed more than tsync takes of one answer; nothing after that was read.`;
    this.#fail('transport/too-much-output', detail);
  }

  #forged(what: string): void {
    // also after the program's end: who speaks then has spoken before
    this.#clock.dropSecond();
    const detail = `${this.#options.host} printed ${printable(what.slice(0, 300))}. Nothing of what it told was believed.`;
    this.#fail('transport/forged', detail);
  }

  /** Keeps the last of what was printed, to be shown only through `printable`. */
  #remember(chunk: Uint8Array): void {
    this.#saidBytes += chunk.length;
    if (this.#saidBytes > Math.min(NOISE_BYTES, this.#options.maxBytes)) this.#tooMuch();
    const text = this.#decoder.decode(chunk.length > SAID_BYTES ? chunk.subarray(-SAID_BYTES) : chunk);
    this.#said = `${this.#said}${text}`.slice(-SAID_BYTES);
  }

  #printed(): string {
    const text = printable(
      this.#said
        .trim()
        .slice(-300)
        .replace(/\s*[\r\n]\s*/g, ' / '),
    );
    return text === '' ? 'printed nothing.' : `printed: ${text}`;
  }

  #finish(end: Conversed['end'], exit: ExecEnd | null): void {
    this.#close();
    this.#exec.endInput();
    const lastWords = exit === null ? '' : this.#howEnded(exit);
    this.#resolve({ ...this.#clock.result(), end, exit, lastWords });
  }

  #fail(code: ProblemCode, detail: string): void {
    this.#failWith(new HostTrouble(problem(code, detail)));
  }

  #failWith(error: unknown): void {
    if (this.#over) return;
    // After the program's end only a better measurement can be lost.
    if (this.#clock.isInSecond) {
      this.#finish('done', null);
      return;
    }
    this.#close();
    this.#exec.destroy();
    this.#reject(error);
  }

  #close(): void {
    this.#over = true;
    this.#deadline.stop();
    clearTimeout(this.#total);
    this.#clock.stop();
  }

  /** What a listener throws must end this conversation, not the process. */
  #guarded(step: () => void): void {
    if (this.#over) return;
    try {
      step();
    } catch (error) {
      this.#failWith(error);
    }
  }
}
