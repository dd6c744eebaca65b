import { assertNever } from '#errors/assert-never.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { type Problem, problem } from '#errors/problem.js';
import type { RefusedHostKey } from './host-key.js';

/** Says why a host key was not accepted, with the fingerprints to compare. */
export function hostKeyRefused(where: string, verdict: RefusedHostKey): HostTrouble {
  return new HostTrouble(hostKeyProblem(where, verdict));
}

function hostKeyProblem(where: string, verdict: RefusedHostKey): Problem {
  const { offered } = verdict;
  switch (verdict.kind) {
    case 'unknown':
      return problem('transport/host-key-unknown', `${where} offers ${offered}.`);
    case 'changed':
      return problem('transport/host-key-changed', `${where} offers ${offered}. Known is ${list(verdict.known)}.`);
    case 'other-type':
      return problem(
        'transport/host-key-changed',
        `${where} offers ${offered}, and not the key known: ${list(verdict.known)}.`,
      );
    case 'revoked':
      return problem(
        'transport/host-key-revoked',
        `${where} offers ${offered}, revoked by ${printable(verdict.origin)}.`,
      );
    case 'certificate':
      return problem(
        'transport/host-certificate',
        `${where} offers ${offered}; ${printable(verdict.origin)} trusts an authority for it, but host certificates are not supported.`,
      );
    default:
      return assertNever(verdict);
  }
}

function list(known: readonly string[]): string {
  return known
    .slice(0, 5)
    .map((key) => printable(key))
    .join(', ');
}

/** The handshake came to no end; `offered` is what the host offers where there was nothing in common. */
export function handshakeFailed(where: string, error: Error, offered: string | null): HostTrouble {
  if (isLost(error)) return new HostTrouble(connectionLost(where, 'the SSH handshake', error), { cause: error });
  const reason = `The handshake with ${where} failed: ${said(error)}.`;
  const detail = offered === null ? reason : `${reason} The host offers only: ${offered}.`;
  return new HostTrouble(problem('transport/handshake', detail), { cause: error });
}

export type Phase = 'the SSH handshake' | 'the login' | 'the conversation';

/**
 * The connection ended in the middle of something; `error` null: the host closed it without a word.
 *
 * @param greeting what the host had sent to be shown to who logs in (PAM gives its reasons so), null: nothing
 */
export function connectionLost(
  where: string,
  during: Phase,
  error: Error | null,
  greeting: string | null = null,
): Problem {
  const how = error === null || isLost(error) ? 'closed by the other side' : said(error);
  const heard = greeting === null ? '' : ` The host said: ${greeting}`;
  const code = during === 'the conversation' ? 'transport/connection-lost' : 'transport/closed-early';
  return problem(code, `The connection to ${where} ended during ${during}: ${how}.${heard}`);
}

/** The end of a text that the host wants shown, in one printable line. */
export function greetingOf(text: string): string | null {
  const line = printable(
    text
      .trim()
      .slice(-200)
      .replace(/\s*[\r\n]\s*/g, ' / '),
  );
  return line === '' ? null : line;
}

/** What the host offers for the algorithm on which the handshake failed, from ssh2's log of it. */
export function offeredBy(log: readonly string[] | null): string | null {
  const last = log?.findLast((line) => line.startsWith('Handshake: (remote) '));
  const offered = last?.slice(last.indexOf(': ', 'Handshake: (remote) '.length) + 2);
  const real = offered?.split(',').filter((name) => !/^(kex-strict|ext-info)-/.test(name));
  return real?.length ? printable(real.join(', ')).slice(0, 500) : null;
}

function isLost(error: Error): boolean {
  return (
    (error as NodeJS.ErrnoException).code === 'ECONNRESET' || /^Connection lost before handshake/.test(error.message)
  );
}

function said(error: Error): string {
  return printable(error.message).slice(0, 300);
}
