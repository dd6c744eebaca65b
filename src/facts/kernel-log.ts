import { printable } from '#errors/printable.js';
import type { Sections } from './sections.js';

/** Lines of the kernel's log about Hyper-V and PTP, wherever they were saved, and why there may be too few. */
export interface KernelLog {
  readonly lines: readonly string[];
  /** A clause for people when the log could not be read at all; null when one of its places could. */
  readonly trouble: string | null;
}

export function kernelLogOf(sections: Sections): KernelLog {
  const lines: string[] = [];
  let readable = false;
  for (const [name, section] of sections.others) {
    if (name !== 'dmesg' && name !== 'journalctl' && !name.startsWith('log:')) continue;
    const usable = name === 'dmesg' ? section.state === 'ok' && section.exit === 0 : section.state === 'ok';
    if (!usable) continue;
    readable ||= section.bytes.length > 0 || name === 'dmesg';
    for (const line of sections.text(name).split('\n')) if (line.trim() !== '') lines.push(cleaned(line));
  }
  return { lines, trouble: readable ? null : 'the kernel log could not be read: it may need root' };
}

/** Consoles interleave: a line may begin with another message, carry colour and end in a carriage return. */
function cleaned(line: string): string {
  return printable(line.replace(ANSI, '').replace(/\r/g, ''));
}

const ANSI = /\x1b?\[[0-9;]*m/g;
