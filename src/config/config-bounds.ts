import type { PresentFile } from './daemon-config.js';

/** How much configuration one daemon may have. Real ones have a dozen files and some hundred lines; what has more was made to cost time. */
export const CONFIG_BOUNDS = { files: 100, lines: 5000, bytes: 131_072 } as const;

/** Counts the files of one configuration as they are read; says in a full sentence when it is more than is looked at. */
export function configMeter(): (file: PresentFile) => string | null {
  let [files, lines, bytes] = [0, 0, 0];
  return (file) => {
    files += 1;
    bytes += file.bytes.length;
    if (files > CONFIG_BOUNDS.files) return tooMuch(`${CONFIG_BOUNDS.files} files`);
    if (bytes > CONFIG_BOUNDS.bytes) return tooMuch(`${CONFIG_BOUNDS.bytes / 1024} KiB`);
    lines += countLines(file.bytes);
    return lines > CONFIG_BOUNDS.lines ? tooMuch(`${CONFIG_BOUNDS.lines} lines`) : null;
  };
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === LINE_FEED) count += 1;
  return count;
}

const LINE_FEED = 0x0a;

function tooMuch(amount: string): string {
  return `The configuration has more than ${amount}, and that is more than is read of one.`;
}
