import { printable } from '#errors/printable.js';
import { type Problem, type ProblemCode, problem } from '#errors/problem.js';

/** What sudo's end without READY means for the password that was sent. */
export type PasswordVerdict = 'right' | 'wrong' | 'unknown';

export interface SudoTrouble {
  readonly problem: Problem;
  readonly password: PasswordVerdict;
}

/**
 * Reads why sudo did not start the shell, from its messages with LC_ALL=C (sudo 1.7 to 1.9, sudo-rs; plugins/sudoers/{check,auth,logging}.c).
 *
 * @param said standard error, bounded; shown only through `printable`
 * @param sent whether a password was sent
 */
export function explainSudo(said: string, sent: boolean): SudoTrouble {
  const cause = causes.find(({ pattern }) => pattern.test(said));
  const code = cause === undefined ? 'privilege/failed' : cause.code(sent);
  const password = cause === undefined || !sent ? 'unknown' : cause.password;
  return { problem: problem(code, sudoDetail(said)), password };
}

/**
 * Whether it was sudo that spoke, or something before it: a login shell that refuses, or one of its start files. Sudo never fails in
 * silence, and names itself or says sorry.
 *
 * @param said what was printed, bounded
 */
export function isOfSudo(said: string): boolean {
  return /\bsudo|sorry/i.test(said) || causes.some(({ pattern }) => pattern.test(said));
}

interface Cause {
  readonly pattern: RegExp;
  readonly password: PasswordVerdict;
  readonly code: (sent: boolean) => ProblemCode;
}

const always = (code: ProblemCode) => () => code;

/** In the order of what decides: a wrong password is reported together with `a password is required`. */
const causes: readonly Cause[] = [
  {
    pattern:
      /incorrect (password|authentication) attempt|Sorry, try again|Authentication failed|maximum \d+ incorrect/i,
    password: 'wrong',
    code: always('privilege/wrong-password'),
  },
  { pattern: /must have a tty/i, password: 'unknown', code: always('privilege/requiretty') },
  {
    pattern: /no tty present and no askpass|a terminal is required to (read|authenticate)/i,
    password: 'unknown',
    code: (sent) => (sent ? 'privilege/failed' : 'privilege/password-needed'),
  },
  {
    pattern: /a password is required|no password was provided|interactive authentication is required/i,
    password: 'unknown',
    code: (sent) => (sent ? 'privilege/failed' : 'privilege/password-needed'),
  },
  {
    pattern: /account validation failure|account (or password )?is (locked|expired)/i,
    password: 'unknown',
    code: always('privilege/account'),
  },
  { pattern: /unknown user|user .* not found/i, password: 'unknown', code: always('privilege/unknown-user') },
  {
    pattern:
      /is not in the sudoers file|is not allowed to (run sudo|execute)|may not run sudo|I'm sorry .* I'm afraid I can't do that/i,
    password: 'right',
    code: always('privilege/not-in-sudoers'),
  },
  {
    pattern: /sudo: sh: command not found/i,
    password: 'unknown',
    code: always('privilege/no-sh'),
  },
  {
    pattern: /sudo.{0,20}(not found|No such file or directory)/i,
    password: 'unknown',
    code: always('privilege/no-sudo'),
  },
];

function sudoDetail(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => printable(line).trim())
    .filter((line) => line !== '');
  const text = lines.slice(-4).join(' / ').slice(-600);
  return text === '' ? 'sudo ended without a word.' : `sudo said: ${text}`;
}
