import { type ConfigLine, parseConfig } from './config-line.js';

/** Lines of chrony.conf, a confdir file or a `*.sources` file, from any bytes. */
export function parseChronyConfig(bytes: Uint8Array): readonly ConfigLine[] {
  return parseConfig(bytes, readChronyWords);
}

/**
 * chronyd separates words as C's isspace does, compares directives without regard to case, and knows no quotes. A comment
 * is one at the start of a line only: `server a # b` is an error to chronyd.
 */
export function readChronyWords(text: string): readonly string[] {
  const [first, ...args] = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
  return first === undefined || '!;#%'.includes(first.charAt(0)) ? [] : [first.toLowerCase(), ...args];
}
