import { problem } from '#errors/problem.js';
import type { Facts } from '#facts/facts.js';
import type { Reading } from '../reading.js';

/** `module.parameter` at run time; a parameter that the loaded module does not have, and one of no loaded module, is absent. */
export function readModuleParameter(facts: Facts, name: string): Reading<'module-parameter'> {
  const asked = facts.moduleParameters.get(name);
  if (asked !== undefined) {
    if (asked.state === 'unreadable') return unknown(`The module parameter ${name} may be read by root only.`);
    return { known: true, state: asked.state === 'present' ? { value: asked.value } : null };
  }
  const [module, parameter] = splitName(name);
  const parameters = facts.hyperv.parameters;
  if (module !== 'hv_utils') return unknown(`The parameters of the module ${module} were not read.`);
  if (parameters.value === null) return unknown(`The parameters of ${module} could not be read: ${parameters.reason}`);
  const value = parameters.value[parameter];
  return { known: true, state: value === undefined ? null : { value: canonical(value) } };
}

/** The kernel prints booleans as Y and N and accepts 1 and 0 too. */
function canonical(value: string): string {
  const trimmed = value.trim();
  return trimmed === '1' ? 'Y' : trimmed === '0' ? 'N' : trimmed;
}

function splitName(name: string): [string, string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

function unknown(detail: string): Reading<'module-parameter'> {
  return { known: false, problem: problem('resources/parameter-unknown', detail) };
}
