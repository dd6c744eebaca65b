/** A piece of a shell program; bytes where it is the content of a file. */
export type Part = string | Uint8Array;

/** As one word of the shell: as it is when harmless, else in single quotes. Throws for NUL, which no shell holds. */
export function quoted(text: string): string {
  if (text.includes('\0')) throw new Error('a shell program cannot hold NUL');
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const QUOTE = "'".charCodeAt(0);

/** Bytes as one word of the shell. Throws for NUL. */
export function quotedBytes(bytes: Uint8Array): readonly Part[] {
  if (bytes.includes(0)) throw new Error('a shell program cannot hold NUL');
  const parts: Part[] = ["'"];
  let from = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, from)) {
    parts.push(bytes.subarray(from, at), "'\\''");
    from = at + 1;
  }
  return [...parts, bytes.subarray(from), "'"];
}

/** Texts and bytes after each other, as bytes. */
export function joined(parts: readonly Part[]): Uint8Array {
  const encoder = new TextEncoder();
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
