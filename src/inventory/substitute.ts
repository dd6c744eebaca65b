import { suggestion } from '#errors/did-you-mean.js';
import type { Json } from './host.js';
import { mistakeAt } from './read-yaml.js';
import { toJson, type YamlDocument, type YamlNode, type YamlScalar } from './yaml-node.js';

/** The variables of one host, as they were written. */
export interface Scope {
  readonly node: (name: string) => YamlNode | undefined;
  /** What is known without being written: `inventory_hostname`, `inventory_dir` ... */
  readonly magic: (name: string) => Json | undefined;
  readonly names: () => Iterable<string>;
}

/** Gives values with `{{ name }}` replaced, for one host. */
export interface Substitution {
  readonly value: (node: YamlNode) => Json;
  /** Of a variable that has no effect: where it cannot be substituted, as it was written. */
  readonly orAsWritten: (name: string, node: YamlNode) => Json;
}

/** Text that substitution may build: a chain of variables that double each other ends here. */
const MAX_TEXT = 65_536;

/**
 * Replaces `{{ variable }}`, in variables of variables too. Text that is one `{{ variable }}` and nothing else takes the
 * variable's value with its type. `value` throws `TsyncError` 65 with the place: a filter, expression, `{% %}` or `{# #}`, a
 * variable that is not there, a circle.
 */
export function substitution(document: YamlDocument, scope: Scope): Substitution {
  const known = new Map<string, Json>();
  const open: string[] = [];

  const fail = (node: YamlNode, detail: () => string): Error => new Refusal(node, detail);

  const variable = (name: string): { readonly value: Json } | null => {
    const cached = known.get(name);
    if (cached !== undefined) return { value: cached };
    const node = scope.node(name);
    if (!node) return given(scope.magic(name));
    if (open.includes(name))
      throw fail(node, () => `The variable '${name}' is defined by itself: ${[...open, name].join(' > ')}.`);
    if (open.length >= MAX_NESTING)
      throw fail(node, () => `Variables refer to each other more than ${MAX_NESTING} deep.`);
    open.push(name);
    const found = value(node);
    open.pop();
    known.set(name, found);
    return { value: found };
  };

  const referred = (name: string, node: YamlNode): Json => {
    const found = variable(name);
    if (found) return found.value;
    throw fail(node, () => `There is no variable '${name}' for this host.${suggestion(name, scope.names())}`);
  };

  const text = (node: YamlScalar, source: string): Json => {
    const whole = WHOLE.exec(source);
    if (whole) return referred(whole[1]!, node);
    const result = source.replace(PART, (_match, name: string | undefined) => {
      if (name !== undefined) return asText(referred(name, node), name, node);
      throw fail(node, () => 'A template here is more than the name of a variable.');
    });
    if (result.length > MAX_TEXT)
      throw fail(node, () => `The text is longer than ${MAX_TEXT} characters after substitution.`);
    return result;
  };

  const asText = (part: Json, name: string, node: YamlNode): string => {
    if (part !== null && typeof part === 'object') {
      throw fail(node, () => `The variable '${name}' is a list or mapping and cannot be put into text.`);
    }
    return pythonText(part);
  };

  const value = (node: YamlNode): Json => {
    if (!node.templated) return toJson(node);
    switch (node.kind) {
      case 'scalar':
        return text(node, String(node.value));
      case 'list':
        return node.items.map(value);
      case 'map':
        return Object.fromEntries([...node.entries].map(([key, entry]) => [key, value(entry.value)]));
    }
  };

  return {
    value(node) {
      try {
        return value(node);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw mistakeAt(document, error.node.start, 'inventory/template', error.detail());
      }
    },
    orAsWritten(name, node) {
      try {
        return variable(name)?.value ?? null;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        open.length = 0;
        return toJson(node);
      }
    },
  };
}

/** Place and words are made only where they are shown: a file has many templates that nobody asks for. */
class Refusal extends Error {
  readonly node: YamlNode;
  readonly detail: () => string;
  constructor(node: YamlNode, detail: () => string) {
    super('a template cannot be replaced');
    this.node = node;
    this.detail = detail;
  }
}

const MAX_NESTING = 50;

function given(value: Json | undefined): { readonly value: Json } | null {
  return value === undefined ? null : { value };
}

/** As Python prints it, for Ansible does. */
function pythonText(value: null | boolean | number | string): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

const WHOLE = /^\s*\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*$/;
/** A variable, or anything else that Jinja would act on (shown up to its end, at most 60 characters). */
const PART = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}|\{[{%#][^\n]{0,60}?(?:[}%#]\}|$)|\{[{%#]/g;
