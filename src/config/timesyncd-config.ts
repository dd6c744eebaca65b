import { type ConfigLine, parseConfig, parseLine } from './config-line.js';

/**
 * Lines of timesyncd.conf or of a drop-in, from any bytes. A directive is the key of an assignment in [Time], its arguments
 * are the words of the value (systemd.syntax(7)); everything else, the other sections too, has none.
 */
export function parseTimesyncdConfig(bytes: Uint8Array): readonly ConfigLine[] {
  let inTime = false;
  let isContinued = false;
  return parseConfig(bytes, readTimesyncdWords).map((line) => {
    const trimmed = line.text.trim();
    const isPart = isContinued;
    if (!isComment(trimmed)) isContinued = trimmed.endsWith('\\');
    if (!isPart && trimmed.startsWith('[')) inTime = trimmed === '[Time]';
    return inTime && !isPart ? line : parseLine(line.text, () => [], line.ours);
  });
}

/** One assignment, whatever its section. Keys are compared as they are. */
export function readTimesyncdWords(text: string): readonly string[] {
  const trimmed = text.trim();
  const at = trimmed.indexOf('=');
  if (isComment(trimmed) || at < 1) return [];
  const words = trimmed
    .slice(at + 1)
    .split(/\s+/)
    .filter((word) => word !== '');
  return [trimmed.slice(0, at).trim(), ...words];
}

function isComment(trimmed: string): boolean {
  return trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';');
}
