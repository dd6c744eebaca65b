/** Signs of the screen; each is one cell wide, in ASCII `ellipsis` and `plusMinus` two. */
export interface Glyphs {
  readonly approved: string;
  readonly open: string;
  readonly none: string;
  readonly part: string;
  readonly ok: string;
  readonly bad: string;
  readonly severe: string;
  readonly minor: string;
  readonly unknown: string;
  readonly waiting: string;
  readonly connecting: string;
  readonly working: string;
  readonly back: string;
  readonly cursor: string;
  readonly rule: string;
  readonly side: string;
  readonly full: string;
  readonly empty: string;
  readonly arrow: string;
  readonly bullet: string;
  readonly ellipsis: string;
  readonly plusMinus: string;
  readonly micro: string;
  readonly dash: string;
  readonly up: string;
  readonly down: string;
  readonly tab: string;
  readonly corners: readonly [string, string, string, string];
  readonly spinner: readonly string[];
}

export function glyphsFor(unicode: boolean): Glyphs {
  return unicode ? UNICODE : ASCII;
}

/** Text of ours as this terminal can show it. */
export function drawnText(text: string, { plusMinus, micro, ellipsis }: Glyphs): string {
  return text.replaceAll('±', plusMinus).replaceAll('µ', micro).replaceAll('…', ellipsis);
}

const UNICODE: Glyphs = {
  approved: '◉',
  open: '○',
  none: ' ',
  part: '◐',
  ok: '✓',
  bad: '✗',
  severe: '▲',
  minor: '●',
  unknown: '?',
  waiting: '·',
  connecting: '◌',
  working: '◍',
  back: '↩',
  cursor: '▌',
  rule: '─',
  side: '│',
  full: '█',
  empty: '░',
  arrow: '→',
  bullet: '·',
  ellipsis: '…',
  plusMinus: '±',
  micro: 'µ',
  dash: '–',
  up: '↑',
  down: '↓',
  tab: '→   ',
  corners: ['╭', '╮', '╰', '╯'],
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Glyphs = {
  approved: 'x',
  open: 'o',
  none: ' ',
  part: '-',
  ok: '+',
  bad: 'X',
  severe: '!',
  minor: '*',
  unknown: '?',
  waiting: '.',
  connecting: ':',
  working: '%',
  back: '<',
  cursor: '>',
  rule: '-',
  side: '|',
  full: '#',
  empty: '.',
  arrow: '>',
  bullet: '|',
  ellipsis: '..',
  plusMinus: '+-',
  micro: 'u',
  dash: '-',
  up: '^',
  down: 'v',
  tab: '    ',
  corners: ['+', '+', '+', '+'],
  spinner: ['|', '/', '-', '\\'],
};
