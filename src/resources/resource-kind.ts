import type { Part } from '#conversation/shell-words.js';
import type { Facts } from '#facts/facts.js';
import type { JsonObject } from './json-object.js';
import type { Reading } from './reading.js';

/** What a change does to one resource. Null: absent. */
export interface StateChange<S> {
  readonly name: string;
  readonly before: S | null;
  readonly after: S | null;
}

/**
 * All that differs between kinds of resources, `S` being the state of one. Everything else asks `KINDS` and knows no kind by its name.
 * What acts on the host are the verbs in the kind's shell file.
 */
export interface ResourceKind<S> {
  /** The parameter that makes the probe read a resource that it does not read by itself (docs/host-programs.md). */
  readonly probeParameter: 'path' | 'unit' | 'parameter';
  /** Whether a change of it waits for the maintenance window. */
  readonly disturbs: boolean;
  /** The actual state as the facts show it, or why it cannot be told. */
  read(facts: Facts, name: string): Reading<S>;
  same(a: S, b: S): boolean;
  /** Why no program may write to what a change names, as a clause; null when it may. By its text alone: from a host or a plan file it may be anything. */
  wrongPlace(change: StateChange<S>): string | null;

  /** The name at the head of a diff. */
  label(name: string): string;
  /** The state as lines of a diff, free of control characters. */
  text(state: S): string;
  /** What a diff shows above its lines where it differs, free of control characters; empty: nothing. */
  attributes(state: S): string;
  /** What a change does, without what stands around it: hosts with equal edits are shown as one. `diff` compares texts line by line. */
  edit(change: StateChange<S>, diff: LineDiff): object;

  /** What `JSON.stringify` can write; a promise (docs/json-output.md). */
  toJson(state: S): unknown;
  /** What `toJson` gave. Throws `TsyncError` with the place of what is wrong. */
  fromJson(json: JsonObject): S;
  /** The call of its verb in an apply program. Throws for NUL, which no shell holds. */
  toShell(change: StateChange<S>): readonly Part[];
  /** The state on one side of an entry that a host tells; null: absent, undefined: it cannot be read. */
  fromTold(entry: ToldEntry, side: Side): S | null | undefined;
  /** How a change in an image tree is taken back. Null: it is of a running system, and an image tree has none. */
  readonly image: ImageUndo<S> | null;
}

/** The lines, with their line ends, that only one of two texts has. */
export type LineDiff = (before: string, after: string) => { readonly removed: string[]; readonly added: string[] };

export type Side = 'before' | 'after';

/** What the program of a confirmed transaction told of one change, `key=value` by line (`tsync_tell`, docs/host-programs.md). */
export interface ToldEntry {
  readonly one: (key: string) => string;
  readonly all: (key: string) => readonly string[];
  /** A file's content. */
  readonly bytes: (side: Side) => Uint8Array | null;
}

/** A mark is what a tree's record keeps of a state: enough to know it again, while its content is a backup or what is there now. */
export interface ImageUndo<S> {
  mark(state: S | null): unknown;
  /** Whether a value of a record, which may be anybody's making, is exactly such a mark. */
  isMark(value: unknown): boolean;
  /** Whether a change in a tree can have that name. */
  isName(name: string): boolean;
  /** The call of its verb in the program of the undo, of two marks. */
  toShell(name: string, before: unknown, after: unknown): string;
}
