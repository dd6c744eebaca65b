import type { Place } from '#errors/tsync-error.js';
import { excerptOf } from './excerpt.js';
import type { Json } from './host.js';

/** YAML as it was written, with the offset of each node in the text: what is wrong can be pointed at. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

interface NodeBase {
  /** Offset in the text; an empty value has that of its key. */
  readonly start: number;
  /** Somewhere in it is text with `{{`, `{%` or `{#` that is to be substituted. */
  readonly templated: boolean;
  /** Nodes in it, aliases counted as if written out. */
  readonly size: number;
}

export interface YamlScalar extends NodeBase {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** As it was written, without quotes. */
  readonly text: string;
}

export interface YamlList extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends NodeBase {
  readonly kind: 'map';
  /** By the text of the key. */
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  /** null: the file has no content. */
  readonly root: YamlNode | null;
}

/** The value of a node without its positions. Nodes that aliases share stay shared. */
export function toJson(node: YamlNode): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.value)]));
  }
}

/** `a mapping`, `a list`, `a number`, `nothing`: what a person wrote, for messages. Not the value itself: it may be a secret. */
export function describeNode(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'text';
  return typeof node.value === 'number' ? 'a number' : `the boolean ${node.value}`;
}

/** Line and column (from 1) of an offset, with the line's text as far as it can be no secret. */
export function placeAt(document: { readonly file: string; readonly text: string }, offset: number): Place {
  const { file, text } = document;
  const at = Math.max(0, Math.min(offset, text.length));
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = text.indexOf('\n', at);
  const excerpt = excerptOf(text, lineStart, lineEnd === -1 ? text.length : lineEnd);
  return { file, line: countLines(text, lineStart), column: at - lineStart + 1, excerpt };
}

/**
 * Where the value at `path` below `node` was written; with `what: 'key'`, its key. Where the path leads nowhere: the
 * innermost node on the way that exists.
 */
export function placeOfPath(
  document: YamlDocument,
  node: YamlNode,
  path: readonly PropertyKey[],
  what: 'key' | 'value' = 'value',
): Place {
  let at = node;
  let start = node.start;
  for (const step of path) {
    const entry = at.kind === 'map' ? at.entries.get(String(step)) : undefined;
    const next = at.kind === 'list' ? at.items[Number(step)] : entry?.value;
    if (!next) break;
    start = what === 'key' && entry ? entry.key.start : next.start;
    at = next;
  }
  return placeAt(document, start);
}

/** The offsets at which lines begin, for many questions of `lineAt`. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line (from 1) of an offset. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function countLines(text: string, end: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
