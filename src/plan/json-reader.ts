import { catalog } from '#errors/catalog.js';
import { printable } from '#errors/printable.js';
import type { ProblemCode } from '#errors/problem.js';
import { TsyncError } from '#errors/tsync-error.js';

/** Reads one JSON document with the place of every value, so that a message can name it. */
export class JsonReader {
  readonly #file: string;
  constructor(file: string) {
    this.#file = file;
  }

  /** The document's object; throws `TsyncError` when the text is no JSON object. */
  parse(text: string): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new TsyncError('plan/file-shape', `${this.#file} is no JSON.`, { exitCode: 65, cause });
    }
    return toObject(value, this.#file, '');
  }
}

/** An object of the document; each reader throws `TsyncError` when the value is not what it names. */
export class JsonObject {
  readonly #values: { readonly [key: string]: unknown };
  readonly #file: string;
  readonly #path: string;

  constructor(values: { readonly [key: string]: unknown }, file: string, path: string) {
    this.#values = values;
    this.#file = file;
    this.#path = path;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#values, key);
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
    return this.#values[key] === null ? null : this.string(key);
  }

  nullableNumber(key: string): number | null {
    return this.#values[key] === null ? null : this.number(key);
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

  problemCode(key: string): ProblemCode {
    return this.#typed(
      key,
      'a code of this tsync',
      (value) => typeof value === 'string' && Object.hasOwn(catalog, value),
    );
  }

  object(key: string): JsonObject {
    return toObject(this.#values[key], this.#file, `${this.#path}.${key}`);
  }

  nullable(key: string): JsonObject | null {
    return this.#values[key] === null ? null : this.object(key);
  }

  objects(key: string): readonly JsonObject[] {
    const list: readonly unknown[] = this.#typed(key, 'a list', isList);
    return list.map((one, index) => toObject(one, this.#file, `${this.#path}.${key}[${index}]`));
  }

  nullableObjects(key: string): readonly JsonObject[] | null {
    return this.#values[key] === null ? null : this.objects(key);
  }

  /** The error that `key` is not what it should be. */
  wrong(key: string, wanted: string): TsyncError {
    return wrong(this.#file, `${this.#path}.${key}`, wanted);
  }

  #typed<T>(key: string, wanted: string, isRight: (value: unknown) => boolean): T {
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    if (!isRight(value)) throw this.wrong(key, wanted);
    return value as T;
  }
}

function toObject(value: unknown, file: string, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || isList(value)) throw wrong(file, path, 'an object');
  return new JsonObject(value as { readonly [key: string]: unknown }, file, path);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function wrong(file: string, path: string, wanted: string): TsyncError {
  const place = path === '' ? file : `${file}: ${path.slice(1)}`;
  return new TsyncError('plan/file-shape', printable(`${place} is not ${wanted}.`), { exitCode: 65 });
}
