import { shown } from './fact.js';
import type { Facts, ModuleParameterFacts } from './facts.js';
import type { Sections } from './sections.js';

/** Lines of the section `module-parameters`: `NAME=value`, or `NAME!` and why there is none. */
export function moduleParametersOf(sections: Sections): Facts['moduleParameters'] {
  const found = new Map<string, ModuleParameterFacts>();
  for (const line of sections.lines('module-parameters')) {
    const match = /^([A-Za-z0-9_]{1,64}\.[A-Za-z0-9_]{1,64})([=!])(.*)$/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], stateOf(match[2] === '=', match[3] ?? ''));
  }
  return found;
}

function stateOf(isValue: boolean, text: string): ModuleParameterFacts {
  if (isValue) return { state: 'present', value: shown(text) };
  if (text === 'no-module' || text === 'no-parameter') return { state: text };
  return { state: 'unreadable' };
}
