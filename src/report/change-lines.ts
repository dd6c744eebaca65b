import { printable } from '#errors/printable.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import type { Action, Change } from '#resources/resource.js';
import { secondsText } from '#units/seconds.js';
import { type Field, fieldLines } from './field.js';
import { type Colour, type Drawing, paint } from './paint.js';

/** What would be made of one resource: a line that says it, and the diff. A diff of thousands of lines ends with counts of the rest (`unifiedDiff`); all else is whole: it is what is approved. */
export function changeLines(change: Change, drawing: Drawing): readonly string[] {
  const head = fieldLines(
    { label: verb(change), labelColour: 'bold', text: `${change.kind} ${printable(change.name)}` },
    drawing,
  );
  const diff = printable(unifiedDiff(change), { lines: true }).replace(/\n+$/, '').split('\n');
  return [...head, ...diff.map((line) => `    ${paintDiff(line, drawing)}`)];
}

/** What is done after the changes, and what that costs. */
export function actionLines(action: Action, drawing: Drawing): readonly string[] {
  return fieldLines({ label: 'then', labelColour: 'bold', text: actionText(action) }, drawing);
}

/** `restart chrony.service: about 25 s without sync, and the clock may step` */
export function actionText(action: Action): string {
  const what = [ACTIONS[action.kind], printable(action.name)].filter((word) => word !== '').join(' ');
  const costs = [
    ...(action.withoutSyncSeconds > 0 ? [`about ${secondsText(action.withoutSyncSeconds)} without sync`] : []),
    ...(action.mayStep ? ['the clock may step'] : []),
  ];
  return costs.length === 0 ? what : `${what}: ${costs.join(', and ')}`;
}

/** Who wrote what the changes are for: the strategy that was asked for, and the one that this host gets. */
export function strategyField(strategy: {
  readonly asked: string;
  readonly taken: string;
  readonly reason: string;
}): Field {
  const words = strategy.asked === strategy.taken ? strategy.taken : `${strategy.asked} → ${strategy.taken}`;
  return { label: 'strategy', text: printable(strategy.reason === '' ? words : `${words} (${strategy.reason})`) };
}

function verb(change: Change): string {
  if (change.before === null) return 'create';
  return change.after === null ? 'remove' : 'change';
}

function paintDiff(line: string, drawing: Drawing): string {
  const colour = DIFF.find(([start]) => line.startsWith(start))?.[1];
  return colour === undefined ? line : paint(line, colour, drawing);
}

const DIFF: readonly (readonly [start: string, colour: Colour])[] = [
  ['+++', 'dim'],
  ['---', 'dim'],
  ['@@', 'cyan'],
  ['+', 'green'],
  ['-', 'red'],
];

const ACTIONS: { readonly [K in Action['kind']]: string } = {
  restart: 'restart',
  'reload-sources': 'reload the sources of',
  'daemon-reload': 'let systemd read its units again',
  'udev-trigger': 'apply the udev rules to the clock devices',
};
