import type { Key } from 'ink';
import type { KeyPress } from './view-state.js';

/** What ink calls a key, as key presses: one for a named key, one a character for text that came in one piece. */
export function keyPresses(input: string, key: Key): readonly KeyPress[] {
  const name = namedKey(key);
  if (name !== null) return [{ name, alone: true }];
  if (key.ctrl) return [{ name: `ctrl-${input}`, alone: true }];
  if (key.meta) return [];
  const characters = [...input];
  const alone = characters.length === 1;
  return characters.map((character) => ({ name: CHARACTERS[character] ?? character, alone }));
}

function namedKey(key: Key): string | null {
  if (key.tab) return key.shift ? 'backtab' : 'tab';
  // Terminals send DEL for the backspace key, which ink calls delete.
  if (key.delete || key.backspace) return 'backspace';
  return NAMED.find(([flag]) => key[flag] === true)?.[1] ?? null;
}

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
] as const;

const CHARACTERS: { readonly [character: string]: string } = {
  ' ': 'space',
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u0003': 'ctrl-c',
};
