import type { Severity } from '#plan/plan.js';

/** How a text report is drawn; everything a report depends on besides the state. */
export interface Drawing {
  /** ANSI colours; the caller has looked at NO_COLOR, FORCE_COLOR and the terminal. */
  readonly color: boolean;
  /** Columns to fill; less than 40 counts as 40. */
  readonly width: number;
}

export type Colour = 'red' | 'green' | 'yellow' | 'magenta' | 'cyan' | 'dim' | 'bold';

/** The text in this colour, or as it is. The text must be printable already. */
export function paint(text: string, colour: Colour, drawing: Drawing): string {
  return drawing.color && text !== '' ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

/** The colour in which a severity is shown everywhere. */
export function severityColour(severity: Severity | 'unknown' | 'waived'): Colour {
  return SEVERITY[severity];
}

const CODES: { readonly [C in Colour]: string } = {
  red: '31',
  green: '32',
  yellow: '33',
  magenta: '35',
  cyan: '36',
  dim: '2',
  bold: '1',
};

const SEVERITY: { readonly [S in Severity | 'unknown' | 'waived']: Colour } = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
  unknown: 'magenta',
  waived: 'dim',
};
