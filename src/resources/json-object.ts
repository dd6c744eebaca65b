import { catalog } from '#errors/catalog.js';
import { printable } from '#errors/printable.js';
import type { ProblemCode } from '#errors/problem.js';
import type { TsyncError } from '#errors/tsync-error.js';
import { fromBase64 } from '#snapshot/bytes.js';
import { bytesFromJson } from '#snapshot/bytes-json.js';

/** Where a JSON document comes from. */
export interface JsonSource {
  /** What messages call it. */
  readonly name: string;
  /** Whether anybody may have made it, so that what it names is looked at too. What tsync stored itself may name what only an older version knew. */
  readonly untrusted: boolean;
  /** The error that the document is not what it should be; `detail` is a sentence. */
  readonly refuse: (detail: string, cause?: unknown) => TsyncError;
}

/** The object that a document is. Throws the error of its source when the text is no JSON object. */
export function parseJsonObject(text: string, source: JsonSource): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw source.refuse(`${source.name} is no JSON.`, cause);
  }
  return toObject(value, source, '');
}

/** An object of a document, which knows its place there; each reader throws the source's error when the value is not what it names. */
export class JsonObject {
  readonly values: { readonly [key: string]: unknown };
  readonly source: JsonSource;
  readonly #path: string;

  constructor(values: { readonly [key: string]: unknown }, source: JsonSource, path: string) {
    this.values = values;
    this.source = source;
    this.#path = path;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.values, key);
  }

  string(key: string): string {
    return this.#typed(key, 'text', (value) => typeof value === 'string');
  }

  number(key: string): number {
    return this.#typed(key, 'a number', (value) => typeof value === 'number');
  }

  boolean(key: string): boolean {
    return this.#typed(key, 'true or false', (value) => typeof value === 'boolean');
  }

  numberOrString(key: string): number | string {
    return this.#typed(key, 'a number or text', (value) => typeof value === 'number' || typeof value === 'string');
  }

  nullableString(key: string): string | null {
    return this.values[key] === null ? null : this.string(key);
  }

  nullableNumber(key: string): number | null {
    return this.values[key] === null ? null : this.number(key);
  }

  strings(key: string): readonly string[] {
    return this.#typed(
      key,
      'a list of texts',
      (value) => isList(value) && value.every((one) => typeof one === 'string'),
    );
  }

  oneOf<const T extends string>(key: string, allowed: readonly T[]): T {
    return this.#typed(key, allowed.join(' or '), (value) => allowed.some((one) => one === value));
  }

  /** The contents of a file, as `bytesToJson` gives them; text alone is base64, as plan files of version 2 have it. */
  bytes(key: string): Uint8Array {
    const value = this.values[key];
    const bytes = typeof value === 'string' ? fromBase64(value) : bytesFromJson(value);
    if (bytes === null) throw this.wrong(key, 'text, or bytes in base64');
    return bytes;
  }

  problemCode(key: string): ProblemCode {
    const isCode = (value: unknown) => typeof value === 'string' && Object.hasOwn(catalog, value);
    return this.source.untrusted ? this.#typed(key, 'a code of this tsync', isCode) : (this.string(key) as ProblemCode);
  }

  object(key: string): JsonObject {
    return toObject(this.values[key], this.source, `${this.#path}.${key}`);
  }

  nullable(key: string): JsonObject | null {
    return this.values[key] === null ? null : this.object(key);
  }

  objects(key: string): readonly JsonObject[] {
    const list: readonly unknown[] = this.#typed(key, 'a list', isList);
    return list.map((one, index) => toObject(one, this.source, `${this.#path}.${key}[${index}]`));
  }

  nullableObjects(key: string): readonly JsonObject[] | null {
    return this.values[key] === null ? null : this.objects(key);
  }

  /** The error that `key` is not what it should be. */
  wrong(key: string, wanted: string): TsyncError {
    return wrong(this.source, `${this.#path}.${key}`, wanted);
  }

  #typed<T>(key: string, wanted: string, isRight: (value: unknown) => boolean): T {
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    if (!isRight(value)) throw this.wrong(key, wanted);
    return value as T;
  }
}

function toObject(value: unknown, source: JsonSource, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || isList(value)) throw wrong(source, path, 'an object');
  return new JsonObject(value as { readonly [key: string]: unknown }, source, path);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function wrong({ name, refuse }: JsonSource, path: string, wanted: string): TsyncError {
  const place = path === '' ? name : `${name}: ${path.slice(1)}`;
  return refuse(printable(`${place} is not ${wanted}.`));
}
