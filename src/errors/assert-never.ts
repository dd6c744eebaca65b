/** Ends a switch over a union: a case that was forgotten does not compile, and one that arrives anyway is a bug. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
