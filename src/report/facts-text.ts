import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import type { FactsJson } from '#facts/facts-json.js';
import { type Drawing, paint } from './paint.js';

/** The facts of one host, a line a value: `hyperv.hostBuild  20348`; what could not be read is said with its reason. */
export function factsText(
  { host, problem, facts }: { readonly host: string; readonly problem: Problem | null; readonly facts: FactsJson },
  drawing: Drawing,
): string {
  const title = paint(printable(host), 'bold', drawing);
  if (problem !== null || facts === null)
    return `${title}\n  ${paint(printable(problem?.detail ?? 'nothing was read'), 'red', drawing)}`;
  const lines = linesOf('', facts).filter(([name]) => name !== 'schemaVersion');
  const width = Math.max(...lines.map(([name]) => name.length));
  return [title, ...lines.map(([name, value]) => `  ${paint(name.padEnd(width), 'dim', drawing)}  ${value}`)].join(
    '\n',
  );
}

type Line = readonly [name: string, value: string];

function linesOf(name: string, value: FactsJson): Line[] {
  if (value === null) return [[name, 'unknown']];
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== 'object'))
      return [[name, value.length === 0 ? 'none' : value.map(shown).join(' ')]];
    return value.flatMap((item, index) => linesOf(`${name}[${index}]`, item));
  }
  if (typeof value === 'object') return linesOfObject(name, value as { readonly [key: string]: FactsJson });
  return [[name, shown(value)]];
}

/** A value that is null has its reason beside it under `xReason`: both become one line. */
function linesOfObject(name: string, object: { readonly [key: string]: FactsJson }): Line[] {
  const prefix = name === '' ? '' : `${name}.`;
  return Object.entries(object).flatMap(([key, value]): Line[] => {
    const reason = object[`${key}Reason`];
    if (value === null && typeof reason === 'string') return [[`${prefix}${key}`, `unknown: ${printable(reason)}`]];
    if (key.endsWith('Reason') && object[key.slice(0, -'Reason'.length)] === null) return [];
    return linesOf(`${prefix}${key}`, value);
  });
}

function shown(value: FactsJson): string {
  return printable(String(value));
}
