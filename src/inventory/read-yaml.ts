import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml';
import type { ProblemCode } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';
import {
  placeAt,
  type YamlDocument,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml-node.js';
import { resolveScalar } from './yaml-scalar.js';

/** Nodes of one file, aliases counted as if written out: a bomb of aliases ends here. */
const MAX_NODES = 4_000_000;
const MAX_DEPTH = 60;

/**
 * Reads one YAML 1.1 document as Ansible does, keeping the position of every node. The events come from js-yaml; they
 * carry offsets, so that one reader gives both values and places.
 * Throws `TsyncError` 65 with the place: wrong YAML, a key given twice, an unknown tag, `!vault`, too many aliases.
 */
export function readYaml(text: string, file: string): YamlDocument {
  const source = { file, text: text.startsWith('\ufeff') ? text.slice(1) : text };
  const composer = new Composer(source, eventsOf(source));
  return { ...source, root: composer.document() };
}

/** An error at an offset of the file. */
export function mistakeAt(
  source: { readonly file: string; readonly text: string },
  offset: number,
  code: ProblemCode,
  detail: string,
): TsyncError {
  return new TsyncError(code, detail, { exitCode: 65, place: placeAt(source, offset) });
}

interface Source {
  readonly file: string;
  readonly text: string;
}

function eventsOf(source: Source): readonly Event[] {
  try {
    return parseEvents(source.text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = error.mark?.position ?? 0;
    throw mistakeAt(source, offset, 'yaml/invalid', syntaxDetail(source.text, offset, error.reason));
  }
}

function syntaxDetail(text: string, offset: number, reason: string): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(lineStart, offset + 1);
  if (/^ *\t/.test(line)) return 'This line is indented with a tab; YAML is indented with spaces only.';
  const words = reason.replace(NAMES_VALUE, '');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What js-yaml takes out of the file into its message: a password that begins with `!` is a tag to YAML. */
const NAMES_VALUE =
  /(?<=tag name cannot contain such characters).*|(?<=undeclared tag handle).*| for ".*" tag handle/su;

/** Walks the events once; one instance reads one document. */
class Composer {
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, YamlNode>();
  #next = 0;
  #lastOffset = 0;
  #total = 0;

  constructor(source: Source, events: readonly Event[]) {
    this.#source = source;
    this.#events = events;
  }

  document(): YamlNode | null {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return null;
    if (this.#events[this.#next]?.type === EVENT_ID.POP) return this.#end(null);
    return this.#end(this.#node());
  }

  #end(root: YamlNode | null): YamlNode | null {
    this.#next += 1;
    if (this.#next < this.#events.length) {
      throw this.#fail(
        this.#source.text.lastIndexOf('\n---') + 1,
        'yaml/invalid',
        'The file has more than one document (`---`); tsync reads one.',
      );
    }
    return root;
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #node(): YamlNode {
    const event = this.#take();
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#anchored(event, this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, this.#list(event));
      case EVENT_ID.MAPPING:
        return this.#anchored(event, this.#map(event));
      case EVENT_ID.ALIAS:
        return this.#alias(event);
      default:
        throw this.#fail(this.#lastOffset, 'yaml/invalid', 'A value is missing here.');
    }
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const text = getScalarValue(this.#source.text, event);
    const quoted = event.style !== SCALAR_STYLE.PLAIN;
    const start = event.valueStart === -1 ? this.#lastOffset : event.valueStart - (isQuote(event.style) ? 1 : 0);
    this.#lastOffset = start;
    this.#count(1, start);
    const tag = event.tagStart === -1 ? null : this.#source.text.slice(event.tagStart, event.tagEnd);
    const value = tag === null ? (quoted ? text : resolveScalar(text)) : this.#tagged(tag, text, event.tagStart);
    const templated = tag !== '!unsafe' && typeof value === 'string' && TEMPLATE.test(value);
    return { kind: 'scalar', value, text, start, templated, size: 1 };
  }

  #tagged(tag: string, text: string, offset: number): YamlScalar['value'] {
    if (tag === '!' || tag === '!!str' || tag === '!unsafe') return text;
    if (tag === '!vault' || tag === '!vault-encrypted') {
      throw this.#fail(offset, 'yaml/vault', 'This value is encrypted with Ansible Vault, which tsync does not read.');
    }
    const value = resolveScalar(text);
    if (tag === '!!null' && value === null) return value;
    if (tag === '!!bool' && typeof value === 'boolean') return value;
    if ((tag === '!!int' || tag === '!!float') && typeof value === 'number') return value;
    throw this.#fail(
      offset,
      'yaml/unknown-tag',
      'This tag is not known here, or does not fit its value. Text that begins with ! needs quotes.',
    );
  }

  #list(event: SequenceEvent): YamlNode {
    this.#refuseTag(event, '!!seq');
    const start = this.#enter(event.start);
    const items: YamlNode[] = [];
    while (!this.#atEnd()) items.push(this.#node());
    return { kind: 'list', items, start, templated: items.some((item) => item.templated), size: 1 + sizeOf(items) };
  }

  #map(event: MappingEvent): YamlMap {
    this.#refuseTag(event, '!!map');
    const start = this.#enter(event.start);
    const entries = new Map<string, YamlEntry>();
    const merged: YamlNode[] = [];
    while (!this.#atEnd()) {
      const key = this.#key();
      const value = this.#node();
      if (key.text === '<<') merged.push(value);
      else this.#add(entries, key, value);
    }
    return mapOf(start, this.#withMerged(entries, merged));
  }

  #key(): YamlScalar {
    const key = this.#node();
    if (key.kind === 'scalar') return key;
    const hint = key.kind === 'map' ? ' Text that begins with {{ needs quotes: "{{ name }}".' : '';
    throw this.#fail(
      key.start,
      'yaml/invalid',
      `A key must be plain text, and this is ${key.kind === 'map' ? 'a mapping' : 'a list'}.${hint}`,
    );
  }

  #add(entries: Map<string, YamlEntry>, key: YamlScalar, value: YamlNode): void {
    const first = entries.get(key.text);
    if (first) {
      const line = placeAt(this.#source, first.key.start).line;
      throw this.#fail(
        key.start,
        'yaml/duplicate-key',
        `The key '${key.text}' is given twice; the first is in line ${line}.`,
      );
    }
    entries.set(key.text, { key, value });
  }

  /** `<<: *defaults`: what is written out wins, then the first of several. */
  #withMerged(entries: Map<string, YamlEntry>, merged: readonly YamlNode[]): Map<string, YamlEntry> {
    for (const node of merged.flatMap((value) => (value.kind === 'list' ? value.items : [value]))) {
      if (node.kind !== 'map') throw this.#fail(node.start, 'yaml/invalid', 'Only a mapping can be merged with `<<`.');
      this.#count(node.entries.size, node.start);
      for (const [text, entry] of node.entries) if (!entries.has(text)) entries.set(text, entry);
    }
    return entries;
  }

  #alias(event: AliasEvent): YamlNode {
    const name = this.#source.text.slice(event.anchorStart, event.anchorEnd);
    const node = this.#anchors.get(name);
    if (!node)
      throw this.#fail(
        event.anchorStart,
        'yaml/invalid',
        'There is no anchor of this name before. Text that begins with * needs quotes.',
      );
    this.#lastOffset = event.anchorStart;
    this.#count(node.size, event.anchorStart);
    return node;
  }

  #anchored<T extends YamlNode>(event: ScalarEvent | SequenceEvent | MappingEvent, node: T): T {
    if (event.anchorStart !== -1) this.#anchors.set(this.#source.text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #atEnd(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next += 1;
    return true;
  }

  #enter(start: number): number {
    this.#lastOffset = start;
    this.#count(1, start);
    return start;
  }

  #count(nodes: number, offset: number): void {
    this.#total += nodes;
    if (this.#total > MAX_NODES) {
      throw this.#fail(
        offset,
        'yaml/too-large',
        `The file has more than ${MAX_NODES} values when its aliases are written out.`,
      );
    }
  }

  #refuseTag(event: SequenceEvent | MappingEvent, plain: string): void {
    const tag = event.tagStart === -1 ? null : this.#source.text.slice(event.tagStart, event.tagEnd);
    if (tag === null || tag === plain) return;
    throw this.#fail(event.tagStart, 'yaml/unknown-tag', 'This tag is not known here.');
  }

  #fail(offset: number, code: ProblemCode, detail: string): TsyncError {
    return mistakeAt(this.#source, offset, code, detail);
  }
}

function mapOf(start: number, entries: ReadonlyMap<string, YamlEntry>): YamlMap {
  let templated = false;
  let size = 1;
  for (const { value } of entries.values()) {
    templated ||= value.templated;
    size += 1 + value.size;
  }
  return { kind: 'map', entries, start, templated, size };
}

function sizeOf(nodes: readonly YamlNode[]): number {
  return nodes.reduce((sum, node) => sum + node.size, 0);
}

function isQuote(style: number): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}

const TEMPLATE = /\{[{%#]/;
