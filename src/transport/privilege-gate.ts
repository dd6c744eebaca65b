import { printable } from '#errors/printable.js';

/** What a host may do with a password: try it, or leave it because of those that refused it. */
export type GateAnswer =
  | { readonly status: 'try'; readonly attempt: PasswordAttempt }
  | { readonly status: 'refused'; readonly by: readonly string[] };

/** The right to use a password once on one host. Exactly one word ends it; what comes later is not heard. */
export interface PasswordAttempt {
  accepted(): void;
  refused(): void;
  /** The host wanted no password: nothing was learned of it. */
  notAsked(): void;
  /** The host neither took nor refused it: it went away. */
  undecided(): void;
}

interface Entry {
  readonly accepted: Set<string>;
  /** How often in a row each host refused it. */
  readonly refusals: Map<string, number>;
  /** Hosts that wanted no password. */
  readonly unasking: Set<string>;
  /** Attempts on hosts of which nothing is known yet. */
  readonly untried: Set<PasswordAttempt>;
  readonly waiting: Set<() => void>;
}

/** So many hosts may refuse what others took, before it goes to no host that it was not tried on: accounts of a directory lock. */
const MOST_REFUSING = 3;
/** A host that took it before may have a bad moment; accounts lock after three wrong passwords. */
const MOST_IN_A_ROW = 2;
/** So long the others wait for a host that tries: sudo delays a refusal by about 2 s, and one that hangs must not hold them up. */
const PATIENCE_MS = 5_000;

/**
 * One for the whole fleet: a wrong password is tried on few hosts, because accounts lock, and no host decides for the others.
 *
 * | what is known of the password | a host on which it was not tried yet                                       |
 * | ----------------------------- | ------------------------------------------------------------------------- |
 * | nothing                       | goes alone; the others wait for what comes of it, at most `PATIENCE_MS`     |
 * | only refusals                 | is refused it                                                             |
 * | accepted somewhere            | may try; at first only a few at a time, since who accepts anything may lie |
 * | and refused by three hosts    | is refused it                                                             |
 *
 * A host that accepted it, or wanted none, may go whatever others said, because a change there has to be proved; one that refused
 * it is not asked again, but for one further time where it had accepted it.
 */
export class PrivilegeGate {
  readonly #entries = new Map<string, Entry>();
  readonly #patienceMs: number;

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /** Waits for those that try; an abort ends the wait as `refused` by nobody. */
  async enter(password: string, host: string, signal?: AbortSignal): Promise<GateAnswer> {
    const entry = this.#entry(password);
    for (;;) {
      const by = refusing(entry, host);
      if (by !== null) return { status: 'refused', by };
      if (signal?.aborted) return { status: 'refused', by: [] };
      if (isKnown(entry, host) || entry.untried.size < width(entry)) break;
      if (!(await this.#somethingChanged(entry, signal))) break;
    }
    return { status: 'try', attempt: this.#attempt(entry, host) };
  }

  #attempt(entry: Entry, host: string): PasswordAttempt {
    let isOver = false;
    const end = (learned: () => void) => () => {
      if (isOver) return;
      isOver = true;
      entry.untried.delete(attempt);
      learned();
      for (const wake of entry.waiting) wake();
    };
    const attempt: PasswordAttempt = {
      accepted: end(() => {
        entry.accepted.add(host);
        entry.refusals.delete(host);
      }),
      refused: end(() => entry.refusals.set(host, (entry.refusals.get(host) ?? 0) + 1)),
      notAsked: end(() => entry.unasking.add(host)),
      undecided: end(() => {}),
    };
    if (!isKnown(entry, host)) entry.untried.add(attempt);
    return attempt;
  }

  /** False: nothing did for so long that one more may go. */
  #somethingChanged(entry: Entry, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (changed: boolean) => {
        clearTimeout(timer);
        entry.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve(changed);
      };
      const wake = () => done(true);
      // Only the first of those that wait loses its patience; the others begin to wait anew.
      const timer = setTimeout(() => {
        done(false);
        for (const other of entry.waiting) other();
      }, this.#patienceMs);
      entry.waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #entry(password: string): Entry {
    const known = this.#entries.get(password);
    if (known !== undefined) return known;
    const entry: Entry = {
      accepted: new Set(),
      refusals: new Map(),
      unasking: new Set(),
      untried: new Set(),
      waiting: new Set(),
    };
    this.#entries.set(password, entry);
    return entry;
  }
}

/** Who stands against trying it on this host; null: nobody. */
function refusing(entry: Entry, host: string): readonly string[] | null {
  const { accepted, refusals } = entry;
  const own = refusals.get(host) ?? 0;
  if (accepted.has(host)) return own < MOST_IN_A_ROW ? null : [host];
  if (own > 0) return [host];
  if (isKnown(entry, host)) return null;
  const isStopped = refusals.size >= (accepted.size === 0 ? 1 : MOST_REFUSING);
  return isStopped ? [...refusals.keys()] : null;
}

/** How many hosts may try at a time on which it was not tried yet: the more have accepted it, the more. */
function width({ accepted, unasking }: Entry): number {
  return 1 + 2 * (accepted.size + Math.min(1, unasking.size));
}

/** This host took the password, or did without. */
function isKnown({ accepted, unasking }: Entry, host: string): boolean {
  return accepted.has(host) || unasking.has(host);
}

/** Why a password was not tried on a host: who refused it. */
export function notTried(by: readonly string[], host: string): string {
  if (by.length === 1 && by[0] === host)
    return `${printable(host)} refused the password before, so it was not tried again.`;
  const names = by.map((name) => printable(name)).join(', ');
  return by.length === 1
    ? `The password was refused by ${names}, so it was not tried on ${printable(host)}.`
    : `${names} refused the password, so no further host was given it: it was not tried on ${printable(host)}.`;
}
