import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainSudo } from '#transport/sudo-trouble.js';

/** Standard error of sudo 1.9.13p3 on Debian 12 with LC_ALL=C, as `sudo -n` and `sudo -S -p PROMPT:` printed it; others as in sudo's sources. */
const seen = [
  ['nothing sent', 'sudo: a password is required\n', false, 'privilege/password-needed', 'unknown'],
  [
    'a wrong password, then the end of input',
    'Sorry, try again.\n\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
    true,
    'privilege/wrong-password',
    'wrong',
  ],
  ['not in sudoers', 'tsynct is not in the sudoers file.\n', true, 'privilege/not-in-sudoers', 'right'],
  [
    'sudoers allows other commands only',
    "Sorry, user tsynct is not allowed to execute '/usr/bin/sh -c echo READY' as root on vm.\n",
    true,
    'privilege/not-in-sudoers',
    'right',
  ],
  [
    'requiretty, nothing sent',
    'sudo: sorry, you must have a tty to run sudo\n',
    false,
    'privilege/requiretty',
    'unknown',
  ],
  [
    'no such user',
    'sudo: unknown user nosuch\nsudo: error initializing audit plugin sudoers_audit\n',
    false,
    'privilege/unknown-user',
    'unknown',
  ],
  ['one attempt only', 'sudo: 1 incorrect password attempt\n', true, 'privilege/wrong-password', 'wrong'],
  [
    'sudo 1.7 of EL5',
    'sudo: no tty present and no askpass program specified\n',
    false,
    'privilege/password-needed',
    'unknown',
  ],
  [
    'sudo of EL6',
    'ops is not allowed to run sudo on web01.  This incident will be reported.\n',
    true,
    'privilege/not-in-sudoers',
    'right',
  ],
  ['a secure_path without /bin', 'sudo: sh: command not found\n', false, 'privilege/no-sh', 'unknown'],
  [
    'an expired password, of sudo itself',
    'sudo: Account or password is expired, reset your password and try again\n',
    false,
    'privilege/account',
    'unknown',
  ],
  ['no sudo', "env: 'sudo': No such file or directory\n", false, 'privilege/no-sudo', 'unknown'],
  [
    'no sudo, of busybox',
    "env: can't execute 'sudo': No such file or directory\n",
    false,
    'privilege/no-sudo',
    'unknown',
  ],
] as const;

describe('explainSudo', () => {
  it.each(seen)('%s', (_title, said, sent, code, password) => {
    const trouble = explainSudo(said, sent);
    expect(trouble.problem.code).toBe(code);
    expect(trouble.password).toBe(password);
  });

  it('shows the words of sudo when it does not know them, made harmless', () => {
    const { problem } = explainSudo('sudo: \u001b[31mla configuration est fausse\n', false);
    expect(problem.code).toBe('privilege/failed');
    expect(problem.detail).toBe('sudo said: sudo: \\x1b[31mla configuration est fausse');
  });

  it('says nothing of a password that was not sent, and is never long or unprintable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (said) => {
        const trouble = explainSudo(said, false);
        expect(trouble.password).toBe('unknown');
        expect(trouble.problem.detail.length).toBeLessThan(700);
        expect(trouble.problem.detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });
});
