import type { PasswordAttempt } from './privilege-gate.js';
import type { PasswordVerdict } from './sudo-trouble.js';

/** What is said with sudo about the password, from its prompt to READY. */
export class PasswordDialogue {
  readonly #prompt: string;
  readonly #attempt: PasswordAttempt;
  readonly #answer: () => void;
  #prompts = 0;
  /** The password was sent, and nobody has said yet what it is worth. */
  #isSent = false;

  /** `prompt`: what sudo prints when it wants the password; `answer` sends that. */
  constructor(prompt: string, attempt: PasswordAttempt, answer: () => void) {
    this.#prompt = prompt;
    this.#attempt = attempt;
    this.#answer = answer;
  }

  get wasAsked(): boolean {
    return this.#prompts > 0;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  /** Answers the first prompt in what was printed. Gives the rest, and whether sudo asked a second time: the password was wrong. */
  hear(said: string): { readonly rest: string; readonly isWrong: boolean } {
    if (!said.includes(this.#prompt)) return { rest: said, isWrong: false };
    this.#prompts += 1;
    const isWrong = this.#prompts > 1;
    if (isWrong) this.#attempt.refused();
    else this.#answer();
    this.#isSent = !isWrong;
    return { rest: said.replace(this.#prompt, ''), isWrong };
  }

  /** READY: sudo let the user through. */
  shellStarted(): void {
    if (this.#isSent) this.#attempt.accepted();
    else this.#attempt.notAsked();
    this.#isSent = false;
  }

  /** sudo ended without starting the shell. */
  sudoEnded(password: PasswordVerdict): void {
    if (this.#isSent && password === 'wrong') this.#attempt.refused();
    if (this.#isSent && password === 'right') this.#attempt.accepted();
  }
}
