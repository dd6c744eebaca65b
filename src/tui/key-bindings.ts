import type { Phase } from './phase.js';
import type { Mode } from './view-state.js';

/** One key as the footer and the help show it, the most needed first. `label`: one or two words. */
interface Binding {
  readonly keys: string;
  readonly label: string;
  readonly help: string;
}

/** The keys of a mode; `phase` because nothing can be approved any more once the answer was given. */
export function bindingsOf(mode: Mode, phase: Phase): readonly Binding[] {
  const open = phase === 'reading' || phase === 'review';
  switch (mode) {
    case 'hosts':
      return open
        ? [...MARKS, OPEN, FILTER, SORT, TAB, QUIT, MOVE, HELP]
        : [OPEN, FILTER, SORT, ...endKeys(phase), MOVE, HELP];
    case 'groups':
      return [{ ...SPACE, help: 'approve or skip the group' }, OPEN_GROUP, ALL, NONE, CONTINUE, TAB, QUIT, MOVE, HELP];
    case 'page':
      return open
        ? [BACK, TURN, SPACE, GROUP, SCROLL, HELP]
        : phase === 'applying'
          ? [BACK, TURN, ...PACE, SCROLL, HELP]
          : [BACK, TURN, SCROLL, HELP];
    case 'summary':
      return [LEAVE, TAB, SCROLL, HELP];
    case 'confirm':
      return [YES, NO, { keys: 'enter', label: 'diff', help: 'the diff of the group under the cursor' }, MOVE];
    case 'leave':
      return [{ keys: 'y', label: 'leave', help: 'change nothing and leave' }, NO];
    case 'typing':
      return [
        { keys: 'enter', label: 'keep', help: 'keep the filter' },
        { keys: 'esc', label: 'clear', help: 'show all hosts again' },
      ];
    case 'help':
      return [{ keys: 'any key', label: 'close', help: 'close the help' }, SCROLL];
  }
}

function endKeys(phase: Phase): readonly Binding[] {
  return phase === 'done' ? [TAB, LEAVE] : PACE;
}

const SPACE: Binding = { keys: 'space', label: 'approve', help: 'approve or skip the host' };
const GROUP: Binding = { keys: 'g', label: 'group', help: 'approve or skip all hosts with the same plan' };
const ALL: Binding = { keys: 'a', label: 'all', help: 'approve all hosts that are shown' };
const NONE: Binding = { keys: 'n', label: 'none', help: 'skip all hosts that are shown' };
const CONTINUE: Binding = {
  keys: 'c',
  label: 'apply',
  help: 'apply what is approved: first says exactly what that is, and asks',
};
const OPEN: Binding = { keys: 'enter', label: 'open', help: 'findings, evidence, diff and actions of the host' };
const OPEN_GROUP: Binding = { keys: 'enter', label: 'open', help: 'the plan of the group, on its first host' };
const FILTER: Binding = {
  keys: '/',
  label: 'filter',
  help: 'words of name, system, state, rule; !word for without it',
};
const SORT: Binding = { keys: 's', label: 'sort', help: 'by attention, name, findings, offset, changes' };
const TAB: Binding = { keys: 'tab', label: 'view', help: 'the next view (1, 2: by number)' };
const QUIT: Binding = { keys: 'q', label: 'quit', help: 'leave without changing anything' };
const LEAVE: Binding = { keys: 'q', label: 'leave', help: 'leave the screen' };
const MOVE: Binding = { keys: 'j k', label: 'move', help: 'also arrows, PgUp, PgDn, Home, End' };
const HELP: Binding = { keys: '?', label: 'help', help: 'this page' };
const BACK: Binding = { keys: 'esc', label: 'back', help: 'back to where the page was opened' };
const TURN: Binding = {
  keys: '[ ]',
  label: 'previous, next',
  help: 'the previous and next host or group (also left and right)',
};
const SCROLL: Binding = { keys: 'j k', label: 'scroll', help: 'also arrows, PgUp, PgDn, Home, End' };
const YES: Binding = { keys: 'y', label: 'apply', help: 'change these hosts now' };
const NO: Binding = { keys: 'n', label: 'back', help: 'back to the list' };
const STOP: Binding = {
  keys: '^C',
  label: 'stop',
  help: 'once: finish hosts in flight; twice: leave them to their guards; three times: leave the screen',
};
const PAUSE: Binding = { keys: 'p', label: 'pause', help: 'begin no further host, and go on with the next p' };
const EXTEND: Binding = {
  keys: 'e',
  label: 'more time',
  help: 'five minutes more for the hosts in flight: guard and time to settle',
};
const ABORT: Binding = {
  keys: 'x',
  label: 'abort',
  help: 'once: finish hosts in flight and begin no other; twice: leave them to their guards',
};
const PACE = [PAUSE, EXTEND, ABORT, STOP];
const MARKS = [SPACE, GROUP, ALL, NONE, CONTINUE];
