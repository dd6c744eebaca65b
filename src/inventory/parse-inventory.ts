import { suggestion } from '#errors/did-you-mean.js';
import type { ProblemCode } from '#errors/problem.js';
import { CONNECTION_VARIABLE_NAMES, KNOWN_VARIABLES, SECRET_VARIABLES } from './connection-variables.js';
import { buildGroupTree, type GroupTree } from './group-tree.js';
import type { Host, Json, SettingsLayer } from './host.js';
import type { Inventory } from './inventory.js';
import { readConnection, type Variable } from './read-connection.js';
import { type Drafts, type GroupDraft, type HostDraft, readGroups } from './read-groups.js';
import { mistakeAt, readYaml } from './read-yaml.js';
import { type Scope, type Substitution, substitution } from './substitute.js';
import { placeAt, placeOfPath, toJson, type YamlDocument, type YamlEntry, type YamlNode } from './yaml-node.js';

/**
 * Reads an inventory in the shape of Ansible's YAML inventories. `file` is only named in messages and origins.
 * Throws `TsyncError` with exit code 65 and the place of the mistake.
 */
export function parseInventory(text: string, file: string): Inventory {
  const drafts = readGroups(readYaml(text, file));
  checkNames(drafts);
  const builder = new HostBuilder(drafts, buildGroupTree(drafts));
  const hosts = new Map([...drafts.hosts.values()].map((draft) => [draft.name, builder.host(draft)]));
  return { file, hosts, groups: membersOf(drafts, hosts) };
}

/** What hosts with the same groups share. */
interface Lineage {
  readonly groups: readonly string[];
  readonly entries: Entries;
  readonly templated: boolean;
  readonly vars: { readonly [key: string]: Json };
  readonly layers: readonly Layer[];
}

type Entries = ReadonlyMap<string, YamlEntry>;
type Values = Pick<Substitution, 'value'>;

interface Layer {
  readonly owner: string;
  readonly node: YamlNode;
}

/** Not variables but instructions, or not to be printed. */
const NOT_GIVEN_ON: ReadonlySet<string> = new Set([...SECRET_VARIABLES, 'tsync', 'ansible_group_priority']);

class HostBuilder {
  readonly #document: YamlDocument;
  readonly #groups: ReadonlyMap<string, GroupDraft>;
  readonly #tree: GroupTree;
  readonly #lineages = new Map<string, Lineage>();
  readonly #plain = new Map<YamlNode, Json>();
  /** For hosts without templates. */
  readonly #asWritten: Values = { value: (node) => this.#json(node) };
  readonly #layers = new Map<Layer, SettingsLayer>();

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
    const values = substituting ?? this.#asWritten;
    return {
      name: draft.name,
      groups: lineage.groups,
      vars: substituting ? substituted(lineage, own, substituting) : this.#plainVars(lineage, own),
      connection: readConnection(draft.name, this.#connectionVariables(lineage, own, values)),
      settings: this.#settings(draft, lineage, values),
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
    return { groups, entries, templated, vars: templated ? {} : this.#given(entries), layers };
  }

  #plainVars(lineage: Lineage, own: Entries): Host['vars'] {
    return own.size === 0 ? lineage.vars : { ...lineage.vars, ...this.#given(own) };
  }

  #given(entries: Entries): Host['vars'] {
    return Object.fromEntries(givenOn(entries).map(([name, { value }]) => [name, this.#json(value)]));
  }

  #json(node: YamlNode): Json {
    if (node.kind === 'scalar') return node.value;
    const known = this.#plain.get(node);
    if (known !== undefined) return known;
    const json = toJson(node);
    this.#plain.set(node, json);
    return json;
  }

  #scope({ name }: HostDraft, { entries, groups }: Lineage, own: Entries): Scope {
    return {
      node: (variable) => (own.get(variable) ?? entries.get(variable))?.value,
      magic: (variable) => magicValue(variable, name, groups, this.#document.file),
      names: () => [...own.keys(), ...entries.keys(), ...MAGIC],
    };
  }

  #connectionVariables({ entries }: Lineage, own: Entries, values: Values): ReadonlyMap<string, Variable> {
    const variables = new Map<string, Variable>();
    const add = (from: Entries): void => {
      for (const [name, { value }] of from) {
        if (!CONNECTION_VARIABLE_NAMES.has(name)) continue;
        variables.set(name, {
          name,
          value: values.value(value),
          wrong: (code, detail) => this.#fail(value, code, detail),
        });
      }
    };
    add(entries);
    add(own);
    return variables;
  }

  #settings(draft: HostDraft, lineage: Lineage, values: Values): readonly SettingsLayer[] {
    const own = draft.vars.flatMap((map) => layerOf(`host ${draft.name}`, map.entries.get('tsync')));
    return [...lineage.layers, ...own].map((layer) => this.#settingsLayer(layer, values));
  }

  #settingsLayer(layer: Layer, values: Values): SettingsLayer {
    const { owner, node } = layer;
    const known = this.#layers.get(layer);
    if (known) return known;
    if (node.kind !== 'map')
      throw this.#fail(node, 'inventory/wrong-type', `'tsync' of ${owner} must be a mapping of settings.`);
    const settings: SettingsLayer = {
      origin: `${owner} (${this.#document.file}:${placeAt(this.#document, node.start).line})`,
      values: values.value(node) as SettingsLayer['values'],
      placeOf: (path) => placeOfPath(this.#document, node, path, 'key'),
    };
    if (!node.templated) this.#layers.set(layer, settings);
    return settings;
  }

  #fail(node: YamlNode, code: ProblemCode, detail: string): Error {
    return mistakeAt(this.#document, node.start, code, detail);
  }
}

/** The host's own variables; a port in its name is one of them. */
function ownEntries({ vars, port, offset }: HostDraft): Entries {
  if (port !== null)
    return new Map([['ansible_port', portEntry(port, offset)], ...vars.flatMap((map) => [...map.entries])]);
  if (vars.length === 0) return NO_ENTRIES;
  return vars.length === 1 ? vars[0]!.entries : new Map(vars.flatMap((map) => [...map.entries]));
}

function portEntry(port: number, start: number): YamlEntry {
  const scalar = { kind: 'scalar', start, templated: false, size: 1 } as const;
  return {
    key: { ...scalar, value: 'ansible_port', text: 'ansible_port' },
    value: { ...scalar, value: port, text: String(port) },
  };
}

const NO_ENTRIES: Entries = new Map();

function hasTemplates(entries: Entries): boolean {
  for (const { value } of entries.values()) if (value.templated) return true;
  return false;
}

function substituted(lineage: Lineage, own: Entries, values: Substitution): Host['vars'] {
  const all = new Map([...lineage.entries, ...own]);
  return Object.fromEntries(givenOn(all).map(([name]) => [name, values.variable(name)!.value]));
}

function givenOn(entries: Entries): readonly (readonly [string, YamlEntry])[] {
  return [...entries].filter(([name]) => !NOT_GIVEN_ON.has(name));
}

function layerOf(owner: string, entry: YamlEntry | undefined): readonly Layer[] {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  return [{ owner, node: entry.value }];
}

const MAGIC = [
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_file',
  'inventory_dir',
  'group_names',
] as const;

function magicValue(variable: string, host: string, groups: readonly string[], file: string): Json | undefined {
  switch (variable) {
    case 'inventory_hostname':
      return host;
    case 'inventory_hostname_short':
      return host.split('.')[0]!;
    case 'inventory_file':
      return file;
    case 'inventory_dir':
      return file.includes('/') ? file.slice(0, Math.max(1, file.lastIndexOf('/'))) : '.';
    case 'group_names':
      return groups.filter((name) => name !== 'all').sort();
    default:
      return undefined;
  }
}

/** A variable that is nearly one of Ansible's connection variables would be silently without effect. */
function checkNames({ document, groups, hosts }: Drafts): void {
  const seen = new Set<unknown>();
  const check = (entries: Entries): void => {
    if (seen.has(entries)) return;
    seen.add(entries);
    for (const { key } of entries.values()) {
      if (!key.text.startsWith('ansible') || KNOWN_VARIABLES.has(key.text)) continue;
      const meant = suggestion(key.text, KNOWN_VARIABLES);
      if (meant !== '')
        throw mistakeAt(
          document,
          key.start,
          'inventory/unknown-variable',
          `'${key.text}' is no variable that tsync or Ansible reads.${meant}`,
        );
    }
  };
  for (const group of groups.values()) check(group.vars);
  for (const host of hosts.values()) for (const vars of host.vars) check(vars.entries);
}

function membersOf(drafts: Drafts, hosts: ReadonlyMap<string, Host>): Inventory['groups'] {
  const members = new Map([...drafts.groups.keys()].map((name) => [name, [] as string[]]));
  for (const host of hosts.values()) for (const group of host.groups) members.get(group)!.push(host.name);
  return members;
}
