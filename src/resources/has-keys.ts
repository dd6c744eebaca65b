/** Whether a value that `JSON.parse` gave is an object of exactly these keys. */
export function hasKeys<K extends string>(value: unknown, keys: readonly K[]): value is { readonly [P in K]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const found = Object.keys(value);
  return found.length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}
