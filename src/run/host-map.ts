import type { HostState } from './run-state.js';

/**
 * The hosts of a run in the inventory's order, as a persistent map: `with` gives a new map and leaves this one as it was,
 * and copies one chunk of values and the list of chunks, not the map (10,000 hosts: about 230 pointers an event).
 * The names never change after `of`, so every version shares one index.
 */
export class HostMap implements ReadonlyMap<string, HostState> {
  private readonly names: readonly string[];
  private readonly positions: ReadonlyMap<string, number>;
  private readonly chunks: readonly (readonly HostState[])[];

  private constructor(
    names: readonly string[],
    positions: ReadonlyMap<string, number>,
    chunks: readonly (readonly HostState[])[],
  ) {
    this.names = names;
    this.positions = positions;
    this.chunks = chunks;
  }

  /** One host a name; a name given twice counts once. */
  static of(names: readonly string[], initial: (name: string) => HostState): HostMap {
    const unique = [...new Set(names)];
    const chunks: HostState[][] = [];
    for (let start = 0; start < unique.length; start += CHUNK) {
      chunks.push(unique.slice(start, start + CHUNK).map(initial));
    }
    return new HostMap(unique, new Map(unique.map((name, position) => [name, position])), chunks);
  }

  get size(): number {
    return this.names.length;
  }

  has(name: string): boolean {
    return this.positions.has(name);
  }

  get(name: string): HostState | undefined {
    const position = this.positions.get(name);
    return position === undefined ? undefined : this.chunks[Math.floor(position / CHUNK)]?.[position % CHUNK];
  }

  /** The map with this host's state replaced; the same map when the host is not in it or nothing changed. */
  with(name: string, state: HostState): HostMap {
    const position = this.positions.get(name);
    if (position === undefined || this.get(name) === state) return this;
    const at = Math.floor(position / CHUNK);
    const chunk = this.chunks[at]?.with(position % CHUNK, state) ?? [];
    return new HostMap(this.names, this.positions, this.chunks.with(at, chunk));
  }

  *values(): MapIterator<HostState> {
    for (const chunk of this.chunks) yield* chunk;
  }

  *keys(): MapIterator<string> {
    yield* this.names;
  }

  *entries(): MapIterator<[string, HostState]> {
    let position = 0;
    for (const state of this.values()) yield [this.names[position++] ?? state.host, state];
  }

  [Symbol.iterator](): MapIterator<[string, HostState]> {
    return this.entries();
  }

  forEach(callback: (value: HostState, key: string, map: ReadonlyMap<string, HostState>) => void): void {
    for (const [name, state] of this) callback(state, name, this);
  }
}

/** Near the square root of 10,000: the chunk and the list of chunks are then about equally long. */
const CHUNK = 128;
