import { createTwoFilesPatch } from 'diff';
import { printable } from '#errors/printable.js';
import type { Change, States } from '#resources/resource.js';

/** One change as a unified diff; services and parameters as lines before and after. Free of control characters. */
export function unifiedDiff(change: Change): string {
  const [from, to] = [textOf(change.kind, change.before), textOf(change.kind, change.after)];
  const label = change.kind === 'file' ? change.name : `${change.kind} ${change.name}`;
  const attributes = change.kind === 'file' ? attributeLines(change.before, change.after) : '';
  const body = from === to ? '' : patch(printable(label), change, from, to);
  return attributes + body;
}

function patch(label: string, change: Change, from: string, to: string): string {
  const [oldName, newName] = [
    change.before === null ? '/dev/null' : label,
    change.after === null ? '/dev/null' : label,
  ];
  // A bound on the edit length and none on the time: the same change always gives the same text.
  const text = createTwoFilesPatch(oldName, newName, from, to, '', '', {
    context: 3,
    maxEditLength: 4000,
  });
  if (text === undefined) return `--- ${oldName}\n+++ ${newName}\n(too different to show line by line)\n`;
  return text.replace(/^(?:Index: .*\n)?=+\n/, '').replace(/^(---|\+\+\+) (.*?)\t$/gm, '$1 $2');
}

function attributeLines(before: States['file'], after: States['file']): string {
  if (before === null || after === null) return '';
  const [from, to] = [describeAttributes(before), describeAttributes(after)];
  return from === to ? '' : `-${from}\n+${to}\n`;
}

function describeAttributes({ mode, owner, group }: NonNullable<States['file']>): string {
  return printable(`mode ${mode} owner ${owner} group ${group}`);
}

function textOf(kind: Change['kind'], state: Change['before']): string {
  if (state === null) return '';
  if (kind === 'file') return decode((state as NonNullable<States['file']>).bytes);
  if (kind === 'module-parameter') return `${printable((state as { value: string }).value)}\n`;
  const { active, masked, links } = state as NonNullable<States['service']>;
  const lines = [active ? 'active' : 'inactive', ...(masked ? ['masked'] : []), ...links];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

/** UTF-8 where it is UTF-8; any other bytes are shown as `\xNN`, so that the diff of a Latin-1 file is exact too. */
function decode(bytes: Uint8Array): string {
  return printable(decodeUtf8(bytes) ?? decodeBytes(bytes), { lines: true });
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decodeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
