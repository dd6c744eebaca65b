import { type Colour, type Drawing, paint } from './paint.js';
import { wrap } from './wrap.js';

/** A sentence over the whole width in one colour. The text must be printable. */
export function textLines(text: string, colour: Colour, drawing: Drawing): readonly string[] {
  return wrap(text, Math.max(40, drawing.width)).map((line) => paint(line, colour, drawing));
}
