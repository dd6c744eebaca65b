import { suggestion } from '#errors/did-you-mean.js';
import type { ProblemCode } from '#errors/problem.js';
import { KNOWN_VARIABLES } from './connection-variables.js';
import { expandRange, MAX_HOSTS } from './expand-range.js';
import { mistakeAt } from './read-yaml.js';
import { describeNode, type YamlDocument, type YamlEntry, type YamlMap, type YamlNode } from './yaml-node.js';

/** A group as the file has it, all its mentions together. */
export interface GroupDraft {
  readonly name: string;
  /** Later mentions win, as in Ansible. */
  readonly vars: Map<string, YamlEntry>;
  /** Offset of the key that made it a child, by the name of the child. */
  readonly children: Map<string, number>;
}

/** A host as the file has it, all its mentions together. */
export interface HostDraft {
  readonly name: string;
  /** From `name:2222`. */
  readonly port: number | null;
  /** Offset of the first key that named it. */
  readonly offset: number;
  /** Groups that name it themselves. */
  readonly groups: Set<string>;
  /** Its own variables, mention by mention; later ones win. Hosts of one range share them. */
  readonly vars: YamlMap[];
}

export interface Drafts {
  readonly document: YamlDocument;
  readonly groups: ReadonlyMap<string, GroupDraft>;
  readonly hosts: ReadonlyMap<string, HostDraft>;
}

/** Reads the shape of an inventory: groups with `hosts`, `children` and `vars`. Throws `TsyncError` 65 with the place. */
export function readGroups(document: YamlDocument): Drafts {
  const reader = new GroupReader(document);
  const root = document.root;
  if (root === null || (root.kind === 'scalar' && root.value === null)) {
    throw mistakeAt(document, 0, 'inventory/empty', 'The file has no content.');
  }
  if (root.kind !== 'map') {
    throw mistakeAt(
      document,
      root.start,
      'inventory/shape',
      `The top level must be a mapping of groups, and this is ${describeNode(root)}.`,
    );
  }
  for (const { key, value } of root.entries.values()) reader.group(reader.name(key, 'group'), value);
  return { document, groups: reader.groups, hosts: reader.hosts };
}

const GROUP_KEYS = ['hosts', 'children', 'vars'] as const;

class GroupReader {
  readonly groups = new Map<string, GroupDraft>();
  readonly hosts = new Map<string, HostDraft>();
  readonly #document: YamlDocument;

  constructor(document: YamlDocument) {
    this.#document = document;
    this.#draft('all');
    this.#draft('ungrouped');
  }

  group(name: string, node: YamlNode): void {
    const group = this.#draft(name);
    const keys = this.#map(node, `The group '${name}'`);
    for (const { key, value } of keys?.values() ?? []) {
      switch (key.text) {
        case 'hosts':
          for (const entry of this.#names(value, `'hosts' of group '${name}'`)) this.#host(group, entry);
          break;
        case 'children':
          for (const entry of this.#names(value, `'children' of group '${name}'`)) this.#child(group, entry);
          break;
        case 'vars':
          for (const entry of this.#vars(value, `'vars' of group '${name}'`)?.values() ?? [])
            group.vars.set(entry.key.text, entry);
          break;
        default:
          throw this.#unknownKey(name, key.start, key.text);
      }
    }
  }

  /** The text of a key that names a group or host. */
  name(key: YamlEntry['key'], what: 'group' | 'host'): string {
    if (typeof key.value !== 'string') {
      throw this.#fail(
        key.start,
        'inventory/name',
        `YAML reads this ${what} name as ${describeNode(key)}; put it in quotes.`,
      );
    }
    const shape = what === 'group' ? GROUP_NAME : HOST_PATTERN;
    if (!shape.test(key.text)) {
      throw this.#fail(key.start, 'inventory/name', `'${key.text.slice(0, 100)}' cannot be the name of a ${what}.`);
    }
    return key.text;
  }

  #child(group: GroupDraft, { key, value }: YamlEntry): void {
    const name = this.name(key, 'group');
    if (!group.children.has(name)) group.children.set(name, key.start);
    this.group(name, value);
  }

  #host(group: GroupDraft, { key, value }: YamlEntry): void {
    const vars = this.#vars(value, `The host '${key.text}'`) === null ? null : (value as YamlMap);
    const { pattern, port } = splitPort(this.name(key, 'host'));
    if (hasStrayColon(pattern)) {
      const detail = `'${key.text.slice(0, 100)}' has a colon, but no port from 1 to 65535 behind it, and is no address of IPv6.`;
      throw this.#fail(key.start, 'inventory/name', detail);
    }
    for (const name of this.#expand(pattern, key.start)) {
      const host = this.#hostDraft(name, port, key.start);
      host.groups.add(group.name);
      if (vars) host.vars.push(vars);
    }
  }

  #expand(pattern: string, offset: number): readonly string[] {
    if (!pattern.includes('[') && !pattern.includes(']')) return [pattern];
    if (IPV6_IN_BRACKETS.test(pattern)) return [pattern.slice(1, -1)];
    const expansion = expandRange(pattern);
    if ('wrong' in expansion) {
      const quote = /["']/.test(this.#document.text.charAt(offset)) ? 1 : 0;
      throw this.#fail(offset + quote + expansion.offset, 'inventory/range', expansion.wrong);
    }
    return expansion.names;
  }

  #hostDraft(name: string, port: number | null, offset: number): HostDraft {
    const known = this.hosts.get(name);
    if (known && (port === null || port === known.port)) return known;
    if (this.hosts.size >= MAX_HOSTS) {
      throw this.#fail(offset, 'inventory/too-many-hosts', `The inventory has more than ${MAX_HOSTS} hosts.`);
    }
    const draft = { name, port, offset, groups: known?.groups ?? new Set<string>(), vars: known?.vars ?? [] };
    this.hosts.set(name, draft);
    return draft;
  }

  #draft(name: string): GroupDraft {
    const known = this.groups.get(name);
    if (known) return known;
    const draft = { name, vars: new Map<string, YamlEntry>(), children: new Map<string, number>() };
    this.groups.set(name, draft);
    return draft;
  }

  /** A variable that is nearly one of Ansible's would be without effect, and nobody would notice. */
  #vars(node: YamlNode, what: string): ReadonlyMap<string, YamlEntry> | null {
    const entries = this.#map(node, what);
    for (const { key } of entries?.values() ?? []) {
      if (!key.text.startsWith('ansible') || KNOWN_VARIABLES.has(key.text)) continue;
      const meant = suggestion(key.text, KNOWN_VARIABLES);
      if (meant !== '') {
        throw this.#fail(
          key.start,
          'inventory/unknown-variable',
          `'${key.text}' is no variable that tsync or Ansible reads.${meant}`,
        );
      }
    }
    return entries;
  }

  /** Entries, or null for nothing. */
  #map(node: YamlNode, what: string): ReadonlyMap<string, YamlEntry> | null {
    if (node.kind === 'map') return node.entries;
    if (node.kind === 'scalar' && node.value === null) return null;
    const list = node.kind === 'list' ? ' Write `name:` instead of `- name`.' : '';
    throw this.#fail(
      node.start,
      'inventory/shape',
      `${what} must be a mapping, and this is ${describeNode(node)}.${list}`,
    );
  }

  /** As `#map`; one name alone may be written as text, as Ansible allows. */
  #names(node: YamlNode, what: string): Iterable<YamlEntry> {
    if (node.kind === 'scalar' && typeof node.value === 'string') {
      return [{ key: node, value: { ...node, value: null, text: '' } }];
    }
    return this.#map(node, what)?.values() ?? [];
  }

  #unknownKey(group: string, offset: number, key: string): Error {
    return this.#fail(
      offset,
      'inventory/unknown-key',
      `'${key.slice(0, 100)}' is not a key of a group (in '${group}').${suggestion(key, GROUP_KEYS)}`,
    );
  }

  #fail(offset: number, code: ProblemCode, detail: string): Error {
    return mistakeAt(this.#document, offset, code, detail);
  }
}

/** `web1:2222` and `[2001:db8::1]:2222`; an address with several colons and no brackets has no port. */
function splitPort(text: string): { readonly pattern: string; readonly port: number | null } {
  const match = /^(\[[0-9A-Fa-f:.]+\]|(?:[^:[\]]|\[[^\]]*\])+):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  return match && port >= 1 && port <= 65535 ? { pattern: match[1]!, port } : { pattern: text, port: null };
}

/** Colons belong to ranges, ports and addresses of IPv6, which have two at least: `fe80::1%eth0`. */
function hasStrayColon(pattern: string): boolean {
  if (!pattern.includes(':')) return false;
  return (
    pattern.replace(/\[[^\]]*(?:\]|$)/g, '').includes(':') &&
    !/^[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?$/.test(pattern)
  );
}

const IPV6_IN_BRACKETS = /^\[[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]$/;
const GROUP_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]{0,254}$/u;
const HOST_PATTERN = /^[\p{L}\p{N}_[][\p{L}\p{N}_.:@%+[\]-]{0,254}$/u;
