import type { ProblemCode } from '#errors/problem.js';
import { SECRET_VARIABLES } from './connection-variables.js';
import type { GroupTree } from './group-tree.js';
import type { Host, Json, SettingsLayer } from './host.js';
import { MAGIC_VARIABLES, magicVariable } from './magic-variables.js';
import { readConnection, type Variable } from './read-connection.js';
import type { Drafts, GroupDraft, HostDraft } from './read-groups.js';
import { mistakeAt } from './read-yaml.js';
import { type Scope, type Substitution, substitution } from './substitute.js';
import {
  lineAt,
  lineStarts,
  placeOfPath,
  toJson,
  type YamlDocument,
  type YamlEntry,
  type YamlNode,
} from './yaml-node.js';

type Entries = ReadonlyMap<string, YamlEntry>;

/** What hosts with the same groups share. */
interface Lineage {
  readonly groups: readonly string[];
  readonly entries: Entries;
  readonly templated: boolean;
  /** Empty where they are templated. */
  readonly vars: Host['vars'];
  readonly layers: readonly Layer[];
}

interface Layer {
  readonly owner: string;
  readonly node: YamlNode;
}

/** Makes hosts of drafts: merges variables, substitutes, reads the connection. One instance a file. */
export class HostBuilder {
  readonly #document: YamlDocument;
  readonly #groups: ReadonlyMap<string, GroupDraft>;
  readonly #tree: GroupTree;
  readonly #lineages = new Map<string, Lineage>();
  readonly #json = new Map<YamlNode, Json>();
  readonly #layers = new Map<Layer, SettingsLayer>();
  /** For hosts without templates. */
  readonly #asWritten = (node: YamlNode): Json => this.#plainValue(node);
  #lines: readonly number[] | null = null;

  constructor({ document, groups }: Drafts, tree: GroupTree) {
    this.#document = document;
    this.#groups = groups;
    this.#tree = tree;
  }

  host(draft: HostDraft): Host {
    const lineage = this.#lineage(draft);
    const own = ownEntries(draft);
    const templated = lineage.templated || hasTemplates(own);
    const substituting = templated ? substitution(this.#document, this.#scope(draft, lineage, own)) : null;
    const read = substituting?.value ?? this.#asWritten;
    return {
      name: draft.name,
      groups: lineage.groups,
      vars: substituting ? substituted(lineage, own, substituting) : this.#plainVars(lineage, own),
      connection: readConnection(draft.name, (name) => this.#variable(name, lineage, own, read)),
      settings: this.#settings(draft, lineage, read),
    };
  }

  /** Ansible's `ungrouped` has the hosts that no other group but `all` has. */
  #lineage({ groups }: HostDraft): Lineage {
    const named = [...groups].filter((name) => name !== 'all' && name !== 'ungrouped');
    const direct = named.length === 0 ? ['ungrouped'] : named;
    const key = direct.join(' ');
    const known = this.#lineages.get(key);
    if (known) return known;
    const made = this.#makeLineage(this.#tree.lineage(direct));
    this.#lineages.set(key, made);
    return made;
  }

  #makeLineage(groups: readonly string[]): Lineage {
    const drafts = groups.map((name) => this.#groups.get(name)!);
    const entries = new Map(drafts.flatMap((group) => [...group.vars]));
    const templated = hasTemplates(entries);
    const layers = drafts.flatMap(({ name, vars }) => layerOf(`group ${name}`, vars.get('tsync')));
    return { groups, entries, templated, vars: templated ? {} : objectOf(entries, this.#asWritten), layers };
  }

  #plainVars(lineage: Lineage, own: Entries): Host['vars'] {
    return own.size === 0 ? lineage.vars : { ...lineage.vars, ...objectOf(own, this.#asWritten) };
  }

  #plainValue(node: YamlNode): Json {
    if (node.kind === 'scalar') return node.value;
    const known = this.#json.get(node);
    if (known !== undefined) return known;
    const json = toJson(node);
    this.#json.set(node, json);
    return json;
  }

  #scope({ name }: HostDraft, { entries, groups }: Lineage, own: Entries): Scope {
    const host = { name, groups, file: this.#document.file };
    return {
      node: (variable) => (own.get(variable) ?? entries.get(variable))?.value,
      magic: (variable) => magicVariable(variable, host),
      names: () => [...own.keys(), ...entries.keys(), ...MAGIC_VARIABLES],
    };
  }

  #variable(name: string, { entries }: Lineage, own: Entries, read: Substitution['value']): Variable | null {
    const node = (own.get(name) ?? entries.get(name))?.value;
    if (!node) return null;
    return { name, value: read(node), wrong: (code, detail) => this.#fail(node, code, detail) };
  }

  #settings(draft: HostDraft, lineage: Lineage, read: Substitution['value']): readonly SettingsLayer[] {
    const own = draft.vars.flatMap((map) => layerOf(`host ${draft.name}`, map.entries.get('tsync')));
    return [...lineage.layers, ...own].map((layer) => this.#settingsLayer(layer, read));
  }

  #settingsLayer(layer: Layer, read: Substitution['value']): SettingsLayer {
    const { owner, node } = layer;
    const known = this.#layers.get(layer);
    if (known) return known;
    if (node.kind !== 'map') {
      throw this.#fail(node, 'inventory/wrong-type', `'tsync' of ${owner} must be a mapping of settings.`);
    }
    const settings: SettingsLayer = {
      origin: `${owner} (${this.#document.file}:${this.#line(node)})`,
      values: read(node) as SettingsLayer['values'],
      placeOf: (path) => placeOfPath(this.#document, node, path, 'key'),
    };
    if (!node.templated) this.#layers.set(layer, settings);
    return settings;
  }

  #line(node: YamlNode): number {
    this.#lines ??= lineStarts(this.#document.text);
    return lineAt(this.#lines, node.start);
  }

  #fail(node: YamlNode, code: ProblemCode, detail: string): Error {
    return mistakeAt(this.#document, node.start, code, detail);
  }
}

/** The host's own variables; a port in its name is one of them. */
function ownEntries({ vars, port, offset }: HostDraft): Entries {
  if (port === null && vars.length < 2) return vars[0]?.entries ?? NO_ENTRIES;
  const merged = new Map(vars.flatMap((map) => [...map.entries]));
  if (port !== null && !merged.has('ansible_port')) merged.set('ansible_port', portEntry(port, offset));
  return merged;
}

const NO_ENTRIES: Entries = new Map();

function portEntry(port: number, start: number): YamlEntry {
  const scalar = { kind: 'scalar', start, templated: false, size: 1 } as const;
  return {
    key: { ...scalar, value: 'ansible_port', text: 'ansible_port' },
    value: { ...scalar, value: port, text: String(port) },
  };
}

function hasTemplates(entries: Entries): boolean {
  for (const { value } of entries.values()) if (value.templated) return true;
  return false;
}

/** What tsync does not read may hold any template: `"{{ x | default(1) }}"` of an application's own. */
function substituted(lineage: Lineage, own: Entries, { value, orAsWritten }: Substitution): Host['vars'] {
  return objectOf(new Map([...lineage.entries, ...own]), (node, name) =>
    READ_BY_TSYNC.has(name) ? value(node) : orAsWritten(name, node),
  );
}

/** Beside those of the connection and the settings, which are read on their own. */
const READ_BY_TSYNC: ReadonlySet<string> = new Set(['tsync_root', 'tsync_bin']);

/** `fromEntries`, because a variable may be named `__proto__`. */
function objectOf(entries: Entries, read: (node: YamlNode, name: string) => Json): Host['vars'] {
  const pairs: [string, Json][] = [];
  for (const [name, { value }] of entries) if (!NOT_GIVEN_ON.has(name)) pairs.push([name, read(value, name)]);
  return Object.fromEntries(pairs);
}

/** Not variables but instructions, or not to be printed. */
const NOT_GIVEN_ON: ReadonlySet<string> = new Set([...SECRET_VARIABLES, 'tsync', 'ansible_group_priority']);

function layerOf(owner: string, entry: YamlEntry | undefined): readonly Layer[] {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  return [{ owner, node: entry.value }];
}
