/**
 * Text from a host, made safe to show: control characters, escape sequences and bidirectional marks become visible
 * `\xNN` or `\u{NNNN}` marks, so that nothing a host sends can move a cursor, colour a terminal or reorder a line.
 * Tabs become a space, and line feeds stay only with `lines: true`.
 */
export function printable(text: string, options: { readonly lines?: boolean } = {}): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n' && options.lines) return character;
    if (character === '\t') return options.lines ? character : ' ';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** C0, DEL, C1, zero-width and bidirectional formatting characters, line and paragraph separators, byte order mark. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
