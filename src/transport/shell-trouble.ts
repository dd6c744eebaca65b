import { type Problem, problem } from '#errors/problem.js';

/**
 * Says why the login shell did not run `sh`.
 *
 * @param said what was printed instead, bounded
 * @param how how it ended and what was printed, a printable sentence
 */
export function explainNoShell(said: string, how: string): Problem {
  // sshd (session.c) runs passwd(1) instead of the command, or says this where it has no terminal for that.
  const mustChange = /password change required|you must change your password|password has expired/i.test(said);
  return problem(mustChange ? 'transport/password-expired' : 'transport/no-shell', how);
}
