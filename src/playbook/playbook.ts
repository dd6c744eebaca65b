import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { type Place, TsyncError } from '#errors/tsync-error.js';
import type { Json, SettingsLayer } from '#inventory/host.js';
import { type HostPattern, parseHostPattern } from '#inventory/host-pattern.js';
import { readYaml } from '#inventory/read-yaml.js';
import { placeAt, placeOfPath, toJson, type YamlDocument, type YamlNode } from '#inventory/yaml-node.js';
import { mistakeOf } from './playbook-mistake.js';
import { playbookSchemas } from './playbook-schema.js';

export interface Playbook {
  readonly file: string;
  /** Sha256 (hex) of its text: which playbook this is. */
  readonly digest: string;
  readonly plays: readonly Play[];
}

/** Which hosts get which settings. */
export interface Play {
  /** From 1. */
  readonly number: number;
  readonly name: string | null;
  readonly hosts: HostPattern;
  /** Where `hosts` was written. */
  readonly hostsPlace: Place;
  /** What the play says, checked, still as it was written. */
  readonly settings: SettingsLayer;
}

/**
 * Reads a playbook: a list of plays, or `{version: 1, plays: [...]}`. Loads zod (about 70 ms of CPU): import this file only
 * when there is a playbook. Throws `TsyncError` 65 with the place of the mistake.
 */
export function parsePlaybook(text: string, file: string): Playbook {
  const document = readYaml(text, file);
  const root = document.root;
  if (root === null) throw mistake(document, 0, 'The file has no content.');
  if (root.kind === 'scalar') throw mistake(document, root.start, 'The top level must be a list of plays.');
  const versioned = root.kind === 'map';
  if (versioned && !root.entries.has('version') && !root.entries.has('plays'))
    throw mistake(
      document,
      root.start,
      'The top level must be a list of plays, and this is a mapping: write `- hosts: all`.',
    );
  const schema = versioned ? playbookSchemas.versioned : playbookSchemas.list;
  check(document, root, schema);
  const plays = versioned ? root.entries.get('plays')!.value : root;
  const digest = createHash('sha256').update(text).digest('hex');
  return { file, digest, plays: items(plays).map((node, index) => readPlay(document, node, index + 1)) };
}

function check(document: YamlDocument, root: YamlNode, schema: z.ZodType): void {
  const result = schema.safeParse(toJson(root), { reportInput: true });
  if (result.success) return;
  const { code, path, detail } = mistakeOf(schema, result.error);
  const what = code === 'playbook/unknown-key' ? 'key' : 'value';
  throw new TsyncError(code, detail, { exitCode: 65, place: placeOfPath(document, root, path, what) });
}

function readPlay(document: YamlDocument, node: YamlNode, number: number): Play {
  const { name, hosts, ...values } = toJson(node) as {
    readonly name?: string;
    readonly hosts: string;
    readonly [key: string]: Json | undefined;
  };
  const hostsPlace = placeOfPath(document, node, ['hosts']);
  const parsed = parseHostPattern(hosts);
  if ('wrong' in parsed) throw new TsyncError('inventory/pattern', parsed.wrong, { exitCode: 65, place: hostsPlace });
  const settings: SettingsLayer = {
    origin: `playbook ${document.file}, play ${number}`,
    values: values as SettingsLayer['values'],
    placeOf: (path) => placeOfPath(document, node, path, 'key'),
  };
  return { number, name: name ?? null, hosts: parsed.pattern, hostsPlace, settings };
}

function items(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [];
}

function mistake(document: YamlDocument, offset: number, detail: string): TsyncError {
  const place = placeAt(document, offset);
  return new TsyncError('playbook/shape', detail, { exitCode: 65, place });
}
