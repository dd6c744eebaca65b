/**
 * Text from a host, made safe to show: control characters, escape sequences, bidirectional marks, everything that is not seen or
 * that draws over its neighbours becomes a visible `\xNN` or `\u{NNNN}` mark, so that nothing a host sends can move a cursor,
 * colour a terminal, reorder a line, hide in a word or leave its line. Tabs become a space, and line feeds stay only with
 * `lines: true`.
 */
export function printable(text: string, options: { readonly lines?: boolean } = {}): string {
  if ((options.lines ? PLAIN_LINES : PLAIN).test(text)) return text;
  return text.replace(UNSAFE, (character) => {
    if (character === '\n' && options.lines) return character;
    if (character === '\t') return options.lines ? character : ' ';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Most text is plain: asked first, because the other pattern costs many times as much. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[\t\n -~]*$/;

/** What encloses a letter, or strikes it through. */
const OVER = String.raw`\p{Me}\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5-\u20eb`;
/** Unicode's own list of what a display may ignore: fillers, variation selectors, joiners, tags. */
const IGNORABLE = String.raw`\p{Default_Ignorable_Code_Point}`;
/** Control, format, unassigned, private and lone surrogate characters; separators and blanks but the space; what is assigned and empty. */
const UNSEEN = String.raw`\p{C}\p{Zl}\p{Zp}[\p{Zs}--[ ]]${IGNORABLE}\u2800\u{1d159}\ufffc`;
const LETTER = String.raw`[[\p{L}\p{N}]--${IGNORABLE}]`;
const MARK = String.raw`[\p{M}--[${OVER}${IGNORABLE}]]`;

/** All of these, and combining marks but for the first two after a letter or digit, which is what writing needs. */
const UNSAFE = new RegExp(`[${UNSEEN}${OVER}]|${MARK}(?<!${LETTER}${MARK}{1,2})`, 'gv');
