import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod, NextAuthHandler } from 'ssh2';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { KeyRing } from './key-ring.js';
import { notTried, type PasswordAttempt, type PrivilegeGate } from './privilege-gate.js';
import type { SigningKey } from './signing-key.js';

/** Whom to log in as on one host, and with what. */
export interface LoginSettings {
  readonly host: string;
  readonly user: string;
  readonly password: string | null;
  readonly privateKeyFiles: readonly string[];
}

/** What the host said of the last attempt. */
interface AttemptAnswer {
  readonly allowed: readonly AuthenticationType[] | null;
  readonly partial: boolean;
}

/**
 * One login: what is tried in which order, and what is said when nothing was accepted. Keys first, then the password, which is
 * tried once, and where the gate lets it.
 */
export class Login {
  /** The key that is being tried. */
  current: SigningKey | null = null;

  readonly #settings: LoginSettings;
  readonly #ring: KeyRing;
  readonly #gate: PrivilegeGate;
  readonly #attempts: AsyncGenerator<AnyAuthMethod>;
  readonly #tried: string[] = [];
  readonly #unusable: string[] = [];
  #allowed: readonly string[] | null = null;
  /** While the host has our password. */
  #attempt: PasswordAttempt | null = null;
  #refusedBy: readonly string[] = [];
  #isOver = false;

  constructor(settings: LoginSettings, ring: KeyRing, gate: PrivilegeGate) {
    this.#settings = settings;
    this.#ring = ring;
    this.#gate = gate;
    this.#attempts = this.#inOrder();
  }

  /**
   * ssh2's `authHandler`: `allowed` is what the host said after an attempt that did not suffice, null before the first; `partial`:
   * it accepted that one, and wants more.
   */
  next({ allowed, partial }: AttemptAnswer, next: NextAuthHandler): void {
    if (partial) this.#tried.push(`${this.#tried.pop()} (accepted, but more is wanted)`);
    if (allowed) this.#allowed = allowed.map((method) => printable(method).slice(0, 40)).slice(0, 10);
    this.current = null;
    this.#attempts.next().then(
      (attempt) => next(attempt.done ? (false as never) : attempt.value),
      () => next(false as never),
    );
  }

  /** The host let us in: what opened it is remembered for the others. */
  succeeded(): void {
    if (this.current) this.#ring.accepted(this.current);
    this.#attempt?.accepted();
  }

  /** The connection is over, whatever came of it: nobody waits for our password any more. */
  ended(): void {
    this.#isOver = true;
    this.#attempt?.undecided();
  }

  /** Why nobody was let in. */
  problem(): Problem {
    const { user, host } = this.#settings;
    const { agentTrouble } = this.#ring;
    const reasons = agentTrouble === null ? this.#unusable : [...this.#unusable, agentTrouble];
    const unusable = reasons.map((reason) => `${printable(reason)}.`);
    if (this.#refusedBy.length > 0) {
      const first = notTried(this.#refusedBy, host);
      return problem('transport/login-not-tried', [first, ...unusable].join(' '));
    }
    if (this.#tried.length === 0 && this.#allowed === null) {
      return problem('transport/no-key', ['There is no key and no password to try.', ...unusable].join(' '));
    }
    const tried = this.#tried.length === 0 ? 'nothing that it allows' : this.#tried.join(', ');
    const allowed = this.#allowed === null ? '' : ` It allows: ${this.#allowed.join(', ')}.`;
    return problem('transport/auth-failed', [`Tried as user ${user}: ${tried}.${allowed}`, ...unusable].join(' '));
  }

  async *#inOrder(): AsyncGenerator<AnyAuthMethod> {
    const { user, privateKeyFiles } = this.#settings;
    for await (const found of this.#ring.keysFor(privateKeyFiles)) {
      if (!this.#allows('publickey')) break;
      if ('unusable' in found) {
        this.#unusable.push(found.unusable);
        continue;
      }
      this.current = found.key;
      this.#tried.push(`key ${printable(found.key.label)}`);
      yield { type: 'publickey', username: user, key: found.key.key as never };
    }
    yield* this.#withPassword();
  }

  async *#withPassword(): AsyncGenerator<AnyAuthMethod> {
    const { user, password, host } = this.#settings;
    if (password === null || !(this.#allows('password') || this.#allows('keyboard-interactive'))) return;
    const answer = await this.#gate.enter(password, host);
    if (answer.status === 'refused') {
      this.#refusedBy = answer.by;
      return;
    }
    this.#attempt = answer.attempt;
    // The connection broke while we waited: the next host that waits may go.
    if (this.#isOver) return answer.attempt.undecided();
    const asked = this.#allows('password');
    if (asked) {
      this.#tried.push('password');
      yield { type: 'password', username: user, password };
    }
    // Refused, or not taken at all: only when the host does not offer `password` may the same password go another way.
    if ((!asked || !this.#allows('password')) && this.#allows('keyboard-interactive')) {
      this.#tried.push('password (keyboard-interactive)');
      yield answeringOnce(user, password);
    } else if (asked && !this.#allows('password')) {
      answer.attempt.undecided();
      return;
    }
    answer.attempt.refused();
  }

  #allows(method: string): boolean {
    return this.#allowed === null || this.#allowed.includes(method);
  }
}

/** Answers the one hidden prompt with the password; a second question means that it was wrong (or a second factor): no answer. */
function answeringOnce(username: string, password: string): KeyboardInteractiveAuthMethod {
  let answered = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      const mayAnswer = !answered && prompts.length === 1 && prompts[0]?.echo !== true;
      answered = true;
      finish(mayAnswer ? [password] : prompts.map(() => ''));
    },
  };
}
