import { glyphsFor } from './glyphs.js';
import { bindingsOf } from './key-bindings.js';
import type { Phase } from './phase.js';
import { type Line, type Look, type Span, span } from './styled-line.js';
import { heading, labelled } from './text-block.js';
import { type Mode, tabsOf } from './view-state.js';

/** Every key of this phase, and what the signs in the list mean. */
export function helpPage(phase: Phase, width: number, look: Look): readonly Line[] {
  const glyphs = glyphsFor(look.unicode);
  const modes: readonly Mode[] = [...tabsOf(phase), 'page'];
  const keys = modes.flatMap((mode) => [
    heading(TITLES[mode] ?? mode, width, glyphs.rule),
    ...bindingsOf(mode, phase).flatMap(({ keys, help }) => labelled(keys, help, width - 4, 'plain', 8, 'key')),
    [],
  ]);
  return [...keys, heading('Signs', width, glyphs.rule), ...signs(look)];
}

const TITLES: { readonly [mode: string]: string } = {
  hosts: 'Hosts',
  groups: 'Groups of equal plans',
  page: 'One host',
  summary: 'Summary',
};

function signs(look: Look): readonly Line[] {
  const glyphs = glyphsFor(look.unicode);
  const list: readonly (readonly [Span, string])[] = [
    [span(glyphs.approved, 'good'), 'approved'],
    [span(glyphs.open, 'dim'), 'has changes, not approved'],
    [span(glyphs.part, 'warn'), 'a group of which some hosts are approved'],
    [span(glyphs.severe, 'warn'), 'findings'],
    [span(glyphs.ok, 'good'), 'as wanted, or changed and proved'],
    [span(glyphs.bad, 'bad'), 'not reached, or failed'],
    [span(glyphs.back, 'warn'), 'put back as it was'],
    [span(glyphs.unknown, 'warn'), 'could not be judged: this is not "fine"'],
    [span(glyphs.working, 'accent'), 'being read, changed or verified'],
  ];
  return list.map(([sign, words]) => [span('  '), sign, span(`       ${words}`)]);
}
