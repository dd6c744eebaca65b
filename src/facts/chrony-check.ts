import { known, shown, unknown } from './fact.js';
import type { ChronyCheck, Fact } from './facts.js';
import { type Sections, whyNot } from './sections.js';

/**
 * `chronyd -p` (chronyd(8), from 4.0 on): status 0, or a line `TIME Fatal error : WHAT at line N in file PATH`. What an ordinary
 * user may not read is no fault of the configuration.
 */
export function configCheckFact(sections: Sections): Fact<ChronyCheck> {
  const section = sections.section('chrony-check');
  if (section === null && sections.complete) return known({ verdict: 'not-asked' });
  const trouble = whyNot(section, 'chronyd -p', sections.complete);
  if (trouble !== null) return unknown(trouble);
  if (section?.exit === 0) return known({ verdict: 'accepted' });
  const fault = /^\S+Z Fatal error : (.+)$/m.exec(sections.text('chrony-check'))?.[1];
  if (fault === undefined) return unknown(`chronyd -p ended with ${section?.exit ?? 'an unknown status'}`);
  const at = placeOf(fault);
  const isRoot = sections.text('uid').trim() === '0';
  if (at === null && !isRoot) return unknown(`chronyd -p as an ordinary user: ${shown(fault)}`);
  return known({ verdict: 'rejected', fault: shown(fault, 300), at });
}

function placeOf(fault: string): { readonly path: string; readonly line: number } | null {
  const match = / at line (\d{1,9}) in file (\/.*)$/.exec(fault);
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { path: shown(match[2], 400), line: Number(match[1]) };
}
