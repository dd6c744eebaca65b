import { type Problem, problem } from '#errors/problem.js';

/** What the host said about the transaction while it was made: the last word of the apply program. */
export type Applied =
  | { readonly kind: 'applied' }
  | { readonly kind: 'refused'; readonly outcome: 'stale' | 'failed'; readonly problem: Problem }
  | { readonly kind: 'reverted'; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** The connection or the program ended before the transaction did: only the host knows. `begun`: it said that its guard was armed. */
  | { readonly kind: 'lost'; readonly problem: Problem; readonly begun: boolean };

/**
 * What a step of the journal decides about its transaction (docs/internals/host-programs.md has them all); null for those that decide nothing.
 * `failure` is the first step that failed, to name it as the reason. Texts are printable already.
 */
export function meaningOf(step: string, detail: string, failure: string): Applied | null {
  const [word = '', rest = ''] = splitOnce(detail);
  switch (`${step} ${word}`) {
    case 'precheck stale':
      return {
        kind: 'refused',
        outcome: 'stale',
        problem: problem('apply/stale', `${rest} is no longer as the plan was made of. Nothing was touched.`),
      };
    case 'lock held':
      return { kind: 'refused', outcome: 'failed', problem: problem('apply/locked', heldBy(rest)) };
    case 'prepare volatile':
      return {
        kind: 'refused',
        outcome: 'failed',
        problem: problem('apply/volatile', `${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}. Nothing was touched.`),
      };
    case 'prepare failed':
    case 'guard failed':
      return {
        kind: 'refused',
        outcome: 'failed',
        problem: problem('apply/not-begun', `${step}: ${rest}. Nothing was touched.`),
      };
    case 'transaction applied':
      return { kind: 'applied' };
    case 'transaction reverted':
      return {
        kind: 'reverted',
        problem: problem('apply/step-failed', `${failure || 'A step failed'}. All changes were taken back.`),
      };
    case 'transaction failed':
      return { kind: 'failed', problem: problem('apply/undo-failed', `Taking the changes back failed: ${rest}.`) };
    default:
      return null;
  }
}

/** Whether a step says that the guard is armed (`none` in an image): from then on changes may be in place. */
export function saysBegun(step: string, detail: string): boolean {
  return step === 'guard' && (detail === 'armed' || detail === 'none');
}

function heldBy(text: string): string {
  const [who = '', when = '', id = ''] = text.split(',');
  return `Transaction ${id} of ${who}, begun ${when}, is not finished on this host. Nothing was touched.`;
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
