import { printable } from '#errors/printable.js';
import { bindingsOf } from './key-bindings.js';
import type { Phase } from './phase.js';
import { type Line, lineWidth, type Span, span } from './styled-line.js';
import { type Mode, modeOf, type View } from './view-state.js';

/** The last line: what is being typed, the answer to the last key, or the keys that fit. */
export function footerLine(view: View, phase: Phase, width: number): Line {
  const mode = modeOf(view, phase);
  if (mode === 'typing')
    return [
      span(' /', 'key'),
      span(printable(view.filter)),
      span('_', 'accent'),
      ...keys(mode, phase, width - view.filter.length - 6),
    ];
  if (view.message !== '') return [span(` ${view.message}`, 'warn')];
  return keys(mode, phase, width);
}

/** As many keys as fit, the most needed first; help is always among them where the mode has it. */
function keys(mode: Mode, phase: Phase, width: number): readonly Span[] {
  const all = bindingsOf(mode, phase).map(
    ({ keys, label }): Line => [span(` ${keys} `, 'key'), span(`${label} `, 'dim')],
  );
  const help = bindingsOf(mode, phase).findIndex(({ keys }) => keys === '?');
  let left = width - (help < 0 ? 0 : lineWidth(all[help]!));
  const kept: Span[] = [];
  for (const [index, part] of all.entries()) {
    if (index === help) continue;
    left -= lineWidth(part);
    if (left < 0) break;
    kept.push(...part);
  }
  return help < 0 ? kept : [...kept, ...all[help]!];
}
