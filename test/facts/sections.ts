import type { Facts } from '#facts/facts.js';
import { factsOf } from '#facts/facts-of.js';
import type { Section, Snapshot } from '#snapshot/snapshot.js';

const encode = (text: string | Uint8Array) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

export function command(name: string, text: string | Uint8Array, exit: number | null = 0): Section {
  return {
    name,
    kind: 'command',
    state: exit === 124 ? 'timeout' : 'ok',
    bytes: encode(text),
    exit,
    truncated: false,
    file: null,
  };
}

export function values(name: string, text: string): Section {
  return { name, kind: 'values', state: 'ok', bytes: encode(text), exit: null, truncated: false, file: null };
}

export function file(name: string, text: string | Uint8Array): Section {
  const bytes = encode(text);
  const attributes = {
    mode: '644',
    owner: 'root',
    group: 'root',
    size: bytes.length,
    target: null,
    writers: 'root',
  } as const;
  return { name, kind: 'file', state: 'ok', bytes, exit: null, truncated: false, file: attributes };
}

export function without(name: string, state: 'absent' | 'denied' | 'refused', kind: Section['kind'] = 'file'): Section {
  return { name, kind, state, bytes: new Uint8Array(), exit: null, truncated: false, file: null };
}

export function snapshotWith(...sections: readonly Section[]): Snapshot {
  return { protocol: 1, sections, complete: true, clock: null };
}

export function factsWith(...sections: readonly Section[]): Facts {
  return factsOf(snapshotWith(...sections));
}
