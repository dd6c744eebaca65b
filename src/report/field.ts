import { cellWidth, padCells } from './cell-width.js';
import { type Colour, type Drawing, paint } from './paint.js';
import { wrap } from './wrap.js';

/** A label in its column and a text beside it, wrapped under itself. The text must be printable. */
export interface Field {
  readonly label: string;
  readonly text: string;
  readonly labelColour?: Colour;
  readonly textColour?: Colour;
  /** Columns before the label. */
  readonly indent?: number;
}

/** The lines of one field. */
export function fieldLines(field: Field, drawing: Drawing): readonly string[] {
  const indent = field.indent ?? 2;
  const label = padCells(field.label, LABEL - 1);
  const before = indent + cellWidth(label) + 1;
  const lines = wrap(field.text, Math.max(MIN_WIDTH, drawing.width) - before);
  return lines.map((line, index) => {
    const text = field.textColour ? paint(line, field.textColour, drawing) : line;
    if (index > 0) return ' '.repeat(before) + text;
    return `${' '.repeat(indent)}${paint(label, field.labelColour ?? 'dim', drawing)} ${text}`;
  });
}

/** Columns of the label with the space after it: `critical` fits. */
const LABEL = 10;
const MIN_WIDTH = 40;
