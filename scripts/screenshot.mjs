/**
 * Turns a terminal's screen into an SVG: `tmux capture-pane -e -p | node scripts/screenshot.mjs > docs/user/screen.svg`.
 *
 * Understands what tmux prints there: text, line feeds and SGR sequences (16 and 256 colours, RGB, bold, faint, reverse).
 * Every run of cells of one style is one <text> with its own place and length, so that columns stay where they are in any font.
 */
import { text } from 'node:stream/consumers';

const CELL = { width: 8.4, height: 18, size: 14 };
const PADDING = 14;
const TITLE_BAR = 30;
const FOREGROUND = '#c9d1d9';
const BACKGROUND = '#0d1117';
const PALETTE = [
  '#1c2128',
  '#ff7b72',
  '#5ecb7a',
  '#e3b341',
  '#6cb6ff',
  '#d2a8ff',
  '#4cc9d6',
  '#b1bac4',
  '#6e7681',
  '#ffa198',
  '#7ee787',
  '#f2cc60',
  '#a5d6ff',
  '#e2c5ff',
  '#76e3ea',
  '#ffffff',
];
const PLAIN = { bold: false, faint: false, reverse: false, fg: null, bg: null };

const lines = (await text(process.stdin)).replace(/\n+$/, '').split('\n');
process.stdout.write(drawScreen(readRuns(lines)));

/** Lines to runs: { line, column, cells, text, style }. A style goes on into the next line. */
function readRuns(lines) {
  const runs = [];
  let style = PLAIN;
  for (const [line, source] of lines.entries()) {
    let column = 0;
    for (const [, sgr, content] of source.matchAll(/\u001b\[([\d;:]*)m|([^\u001b]+)|\u001b[^m]*m?/g)) {
      if (sgr !== undefined) style = applySgr(style, sgr);
      if (content === undefined) continue;
      const cells = widthOf(content);
      runs.push({ line, column, cells, text: content, style });
      column += cells;
    }
  }
  return runs;
}

function applySgr(before, sgr) {
  const codes = sgr.split(/[;:]/).map(Number);
  let style = before;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    const side = code === 38 ? 'fg' : 'bg';
    if ((code === 38 || code === 48) && codes[i + 1] === 5) {
      style = { ...style, [side]: colour256(codes[i + 2]) };
      i += 2;
    } else if ((code === 38 || code === 48) && codes[i + 1] === 2) {
      style = { ...style, [side]: `rgb(${codes.slice(i + 2, i + 5).join(',')})` };
      i += 4;
    } else {
      style = applyCode(style, code);
    }
  }
  return style;
}

function applyCode(style, code) {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, faint: true };
  if (code === 7) return { ...style, reverse: true };
  if (code === 22) return { ...style, bold: false, faint: false };
  if (code === 27) return { ...style, reverse: false };
  if (code === 39) return { ...style, fg: null };
  if (code === 49) return { ...style, bg: null };
  if (code >= 30 && code <= 37) return { ...style, fg: PALETTE[code - 30] };
  if (code >= 90 && code <= 97) return { ...style, fg: PALETTE[code - 82] };
  if (code >= 40 && code <= 47) return { ...style, bg: PALETTE[code - 40] };
  if (code >= 100 && code <= 107) return { ...style, bg: PALETTE[code - 92] };
  return style;
}

function colour256(index) {
  if (index < 16) return PALETTE[index];
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (index - 232) * 10)
      .join(',')})`;
  const level = (value) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(',')})`;
}

function widthOf(content) {
  let width = 0;
  for (const character of content) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

function drawScreen(runs) {
  const columns = Math.max(80, ...runs.map(({ column, cells }) => column + cells));
  const rows = Math.max(1, ...runs.map(({ line }) => line + 1));
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = Math.ceil(rows * CELL.height + 2 * PADDING + TITLE_BAR);
  const buttons = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, i) => `<circle cx="${22 + i * 20}" cy="18" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.size}">`,
    '<title>The review screen of tsync in a terminal</title>',
    `<rect width="${width}" height="${height}" rx="10" fill="${BACKGROUND}" stroke="#30363d"/>`,
    ...buttons,
    ...runs.flatMap(drawRun),
    '</svg>\n',
  ].join('\n');
}

function drawRun({ line, column, cells, text: content, style }) {
  const [fg, bg] = style.reverse
    ? [style.bg ?? BACKGROUND, style.fg ?? FOREGROUND]
    : [style.fg ?? FOREGROUND, style.bg];
  const x = PADDING + column * CELL.width;
  const y = PADDING + TITLE_BAR + line * CELL.height;
  const width = (cells * CELL.width).toFixed(1);
  const drawn =
    bg === null ? [] : [`<rect x="${x.toFixed(1)}" y="${y}" width="${width}" height="${CELL.height}" fill="${bg}"/>`];
  if (content.trim() === '') return drawn;
  const weight = style.bold ? ' font-weight="600"' : '';
  const faint = style.faint ? ' opacity="0.6"' : '';
  const place = `x="${x.toFixed(1)}" y="${y + 13}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
  return [...drawn, `<text ${place} fill="${fg}"${weight}${faint} xml:space="preserve">${escapeXml(content)}</text>`];
}

/** Characters that XML 1.0 cannot hold are left out. */
function escapeXml(content) {
  return content
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
