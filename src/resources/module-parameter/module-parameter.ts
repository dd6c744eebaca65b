import { quoted } from '#conversation/shell-words.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { shown } from '#facts/fact.js';
import type { Facts } from '#facts/facts.js';
import type { Reading } from '../reading.js';
import type { ResourceKind } from '../resource-kind.js';

export interface ModuleParameterState {
  readonly value: string;
}

/** A parameter at run time, in /sys/module/MODULE/parameters/NAME, named `module.parameter`; what boot brings is a file. */
export const moduleParameter: ResourceKind<ModuleParameterState> = {
  probeParameter: 'parameter',
  disturbs: true,
  read,
  same: (a, b) => a.value === b.value,
  wrongPlace: ({ name }) =>
    /^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64}$/.test(name) ? null : 'it is no module.parameter',
  label: (name) => `module-parameter ${name}`,
  text: ({ value }) => `${printable(value)}\n`,
  attributes: () => '',
  edit: ({ after }) => ({ to: after?.value ?? null }),
  toJson: (state) => state,
  fromJson: (json) => ({ value: json.string('value') }),
  toShell({ name, before, after }) {
    const [module, parameter] = splitName(name);
    return [`change_parameter ${quoted(module)} ${quoted(parameter)} ${stateWord(before)} ${stateWord(after)}`];
  },
  fromTold(entry, side) {
    const state = entry.one(side);
    if (state === 'absent') return null;
    return state.startsWith('=') ? { value: shown(state.slice(1), 4096) } : undefined;
  },
  image: null,
};

/** A parameter that the loaded module does not have, and one of no loaded module, is absent. */
function read(facts: Facts, name: string): Reading<ModuleParameterState> {
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

function unknown(detail: string): Reading<ModuleParameterState> {
  return { known: false, problem: problem('resources/parameter-unknown', detail) };
}

/** The kernel prints booleans as Y and N and accepts 1 and 0 too. */
function canonical(value: string): string {
  const trimmed = value.trim();
  return trimmed === '1' ? 'Y' : trimmed === '0' ? 'N' : trimmed;
}

function splitName(name: string): readonly [module: string, parameter: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

function stateWord(state: ModuleParameterState | null): string {
  return state === null ? 'absent' : quoted(`=${state.value}`);
}
