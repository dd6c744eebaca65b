import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/screenshot.mjs', import.meta.url));
const draw = (screen: string): string => execFileSync(process.execPath, [SCRIPT], { input: screen, encoding: 'utf8' });

describe('the picture of a screen', () => {
  it('places each run of one style at its column', () => {
    const svg = draw('ab\u001b[31mcd\u001b[0m\n漢\u001b[1mx\n');
    const places = [...svg.matchAll(/<text x="([\d.]+)" y="(\d+)"[^>]*>([^<]*)</g)].map(([, x, y, text]) => [
      Number(x),
      Number(y),
      text,
    ]);
    expect(places).toEqual([
      [14, 57, 'ab'],
      [30.8, 57, 'cd'],
      [14, 75, '漢'],
      [30.8, 75, 'x'],
    ]);
  });

  it('knows 16 and 256 colours, RGB, bold, faint and reverse', () => {
    const svg = draw('\u001b[31ma\u001b[0;38;5;24mb\u001b[0;48;2;1;2;3mc\u001b[0;1md\u001b[0;2me\u001b[0;7mf\n');
    expect(svg).toMatch(/fill="#ff7b72"[^>]*>a</);
    expect(svg).toMatch(/fill="rgb\(0,95,135\)"[^>]*>b</);
    expect(svg).toContain('fill="rgb(1,2,3)"/>');
    expect(svg).toMatch(/font-weight="600"[^>]*>d</);
    expect(svg).toMatch(/opacity="0.6"[^>]*>e</);
    expect(svg).toMatch(/fill="#0d1117"[^>]*>f</);
  });

  it('escapes what XML would take for markup, and drops other escape sequences', () => {
    const svg = draw('<script>&\u001b[2J\u0007ok\n');
    expect(svg).toContain('&lt;script&gt;&amp;');
    expect(svg).not.toMatch(/<script|[\u0000-\u0009\u000b-\u001f]/);
  });
});
