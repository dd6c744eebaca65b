/** What a host may do with a password: try it, or leave it because another host has refused it. */
export type GateAnswer = { readonly status: 'try' } | { readonly status: 'refused'; readonly by: string };

type State =
  | { readonly kind: 'untried' }
  | { readonly kind: 'trying' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly by: string };

interface Entry {
  state: State;
  readonly waiting: (() => void)[];
}

/**
 * One for the whole fleet: a wrong password is tried once, because accounts lock.
 *
 * The first host that is to try a password goes alone; the others wait until it was accepted, and then all go in parallel. Once it
 * was refused anywhere, it is tried nowhere else. Whoever was told to try must call exactly one of `accepted`, `refused`, `undecided`.
 */
export class PrivilegeGate {
  readonly #entries = new Map<string, Entry>();

  async enter(password: string): Promise<GateAnswer> {
    const entry = this.#entry(password);
    while (entry.state.kind === 'trying') await new Promise<void>((resolve) => entry.waiting.push(resolve));
    if (entry.state.kind === 'refused') return { status: 'refused', by: entry.state.by };
    if (entry.state.kind === 'untried') entry.state = { kind: 'trying' };
    return { status: 'try' };
  }

  accepted(password: string): void {
    const entry = this.#entry(password);
    if (entry.state.kind !== 'refused') this.#settle(entry, { kind: 'accepted' });
  }

  refused(password: string, host: string): void {
    this.#settle(this.#entry(password), { kind: 'refused', by: host });
  }

  /** The host neither took nor refused it (it went away): the next one that waits goes alone. */
  undecided(password: string): void {
    const entry = this.#entry(password);
    if (entry.state.kind === 'trying') this.#settle(entry, { kind: 'untried' });
  }

  #settle(entry: Entry, state: State): void {
    entry.state = state;
    for (const wake of entry.waiting.splice(0)) wake();
  }

  #entry(password: string): Entry {
    const entry = this.#entries.get(password) ?? { state: { kind: 'untried' }, waiting: [] };
    this.#entries.set(password, entry);
    return entry;
  }
}
