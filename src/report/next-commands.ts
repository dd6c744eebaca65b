import { printable } from '#errors/printable.js';
import type { RunState } from '#run/run-state.js';
import { cellWidth, padCells } from './cell-width.js';
import { type Drawing, paint } from './paint.js';

/** What to type next, and what it does. */
export interface NextCommand {
  readonly words: readonly string[];
  readonly does: string;
}

/** A command on the same inventory that asks for the same. */
export function again(
  command: 'audit' | 'run',
  { inventory, asked }: Pick<RunState, 'inventory' | 'asked'>,
): readonly string[] {
  const flags = [
    ['--playbook', asked.playbook],
    ['--strategy', asked.strategy],
  ].flatMap(([flag, value]) => (value ? [flag ?? '', value] : []));
  return ['tsync', command, inventory, ...flags];
}

/** `Next: tsync run inventory.yaml   review ...`, one command a line, or two where that is too wide. */
export function nextLines(commands: readonly NextCommand[], drawing: Drawing): readonly string[] {
  const texts = commands.map(({ words }) => words.map(shellWord).join(' '));
  const column = Math.max(0, ...texts.map(cellWidth)) + 3;
  const isWide = commands.some(({ does }) => HEAD.length + column + cellWidth(does) > drawing.width);
  return commands.flatMap(({ does }, index) => {
    const head = index === 0 ? HEAD : ' '.repeat(HEAD.length);
    const command = (width: number) => head + paint(padCells(texts[index] ?? '', width), 'bold', drawing);
    return isWide ? [command(0), `${' '.repeat(HEAD.length + 2)}${does}`] : [command(column) + does];
  });
}

const HEAD = 'Next: ';

/** The word as a shell reads it back: bare where nothing in it is special, else in single quotes. */
export function shellWord(word: string): string {
  const shown = printable(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
