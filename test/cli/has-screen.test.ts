import { expect, it } from 'vitest';
import { hasScreen } from '#cli/has-screen.js';
import { lookOf } from '#cli/output.js';

it.each([
  [true, true, 'xterm', true],
  [true, true, undefined, true],
  [true, true, 'dumb', false],
  [false, true, 'xterm', false],
  [true, false, 'xterm', false],
])('input a terminal: %s, output a terminal: %s, TERM %s: a screen is %s', (input, output, TERM, screen) => {
  expect(hasScreen({ isTTY: input }, { isTTY: output }, { TERM })).toBe(screen);
});

it('a terminal without a size is written as if it were wide enough', () => {
  expect(lookOf({ columns: 0 } as NodeJS.WriteStream).width).toBe(100);
  expect(lookOf({ columns: 60 } as NodeJS.WriteStream).width).toBe(60);
});
