import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunState } from '#run/run-state.js';
import { approvedHosts } from '#tui/approvals.js';
import { createProjector, type Scene } from '#tui/scene.js';
import { cursorHost, cursorIndex, type Effect, INITIAL_VIEW, pressKey, type View } from '#tui/view-state.js';
import { assessed, FLEET, finished, fold, madePlan, reviewState, runStarted } from './made-fleet.js';

const EXTENT = { height: 8, length: 40 };
const REVIEW = reviewState();
const READING = fold([runStarted(FLEET), assessed(FLEET[0]!), assessed(FLEET[3]!)]);
const APPLYING = fold(
  [{ type: 'apply-started', host: 'az-web-01', transaction: 't', planDigest: '', guardSeconds: 240 }],
  REVIEW,
);
const DONE = fold([{ type: 'run-finished', exitCode: 0 }], REVIEW);

/** Presses the keys one after the other, as the app does. */
function press(state: RunState, keys: readonly string[], from: View = INITIAL_VIEW, alone = true) {
  const project = createProjector();
  const sceneOf = (view: View): Scene =>
    project(state, { filter: view.filter, sort: view.sort, sent: view.sent !== null });
  let view = from;
  const effects: Effect[] = [];
  for (const name of keys) {
    const step = pressKey(view, { name, alone }, sceneOf(view), EXTENT);
    view = step.view;
    effects.push(...step.effects);
  }
  return { view, effects, scene: sceneOf(view), approved: approvedHosts(view.approvals, sceneOf(view)) };
}

describe('moving', () => {
  it('starts on the host that needs attention most', () => {
    const { view, scene } = press(REVIEW, []);
    expect(cursorHost(view, scene)).toBe('az-lost-01');
  });

  it('stops at both ends of the list', () => {
    expect(press(REVIEW, ['k', 'up']).view.cursor).toBe('az-lost-01');
    const { view, scene } = press(REVIEW, ['end', 'j', 'j']);
    expect(cursorIndex(view, scene)).toBe(scene.listed.length - 1);
  });

  it('keeps the cursor on its host when the list is sorted anew', () => {
    const before = press(REVIEW, ['j', 'j', 'j']);
    const after = press(REVIEW, ['s'], before.view);
    expect(cursorHost(after.view, after.scene)).toBe(cursorHost(before.view, before.scene));
    expect(after.view.sort).toBe('name');
  });

  it('shows only hosts that match the filter, and all again after escape', () => {
    const filtered = press(REVIEW, ['/', 'h', 'v', '-', 'enter']);
    expect(filtered.scene.listed).toEqual(['hv-two-01', 'hv-app-02', 'hv-app-01']);
    expect(press(REVIEW, ['escape'], filtered.view).scene.listed).toHaveLength(14);
  });

  it('types q, a and ? into the filter and does not take them as commands', () => {
    const { view, effects } = press(REVIEW, ['/', 'q', 'a', '?', 'space', 'backspace']);
    expect([view.filter, view.help, effects]).toEqual(['qa?', null, []]);
  });
});

describe('approving', () => {
  it('marks the host under the cursor, and takes the mark away again', () => {
    const { view, approved } = press(REVIEW, ['j', 'j', 'space']);
    expect(approved).toEqual(['az-old-01']);
    expect(press(REVIEW, ['k', 'space'], view).approved).toEqual([]);
  });

  it('refuses to mark a host that has nothing to change, and says so', () => {
    const { approved, view } = press(REVIEW, ['end', 'space']);
    expect(approved).toEqual([]);
    expect(view.message).toBe('There is nothing to approve on this host.');
  });

  it('marks all hosts with the same plan by their group', () => {
    const { approved } = press(REVIEW, ['/', 'w', 'e', 'b', '-', '0', '2', 'enter', 'g']);
    expect(approved).toEqual(['az-web-01', 'az-web-02', 'az-web-03']);
  });

  it('marks all that are shown, and none of those that the filter hides', () => {
    expect(press(REVIEW, ['a']).approved).toHaveLength(7);
    expect(press(REVIEW, ['/', 'w', 'e', 'b', 'enter', 'a']).approved).toEqual(['az-web-01', 'az-web-02', 'az-web-03']);
  });

  it('drops the mark of a host whose plan became another one', () => {
    const { view } = press(REVIEW, ['a']);
    const other = { ...madePlan(FLEET[0]!), planDigest: 'sha256:another' };
    const host = REVIEW.hosts.get('az-web-01')!;
    const changed: RunState = { ...REVIEW, hosts: new Map([...REVIEW.hosts, ['az-web-01', { ...host, plan: other }]]) };
    expect(press(changed, [], view).approved).not.toContain('az-web-01');
  });

  it('does not offer a host whose preflight failed', () => {
    const problem = { code: 'internal/bug', summary: 's', detail: 'd', hint: 'h' } as const;
    const state = fold([{ type: 'host-preflight', host: 'az-web-01', notes: [], problem }], REVIEW);
    expect(press(state, ['a']).approved).not.toContain('az-web-01');
  });

  it('asks before it applies, and applies exactly the marked hosts after y', () => {
    const asked = press(REVIEW, ['/', 'w', 'e', 'b', 'enter', 'a', 'c']);
    expect(asked.view.dialog).toEqual({ kind: 'confirm', at: 0 });
    expect(asked.effects).toEqual([]);
    const { effects, view } = press(REVIEW, ['y'], asked.view);
    expect(effects).toEqual([{ kind: 'approve', hosts: new Set(['az-web-01', 'az-web-02', 'az-web-03']) }]);
    expect(view.sent).toBe('approved');
  });

  it('takes enter for the diff and not for yes', () => {
    const { effects, view } = press(REVIEW, ['a', 'c', 'enter']);
    expect(effects).toEqual([]);
    expect(view.page?.from).toBe('confirm');
    expect(press(REVIEW, ['escape'], view).view.dialog?.kind).toBe('confirm');
  });

  it('does not apply on a y that was pasted with other text', () => {
    const { view } = press(REVIEW, ['a', 'c']);
    expect(press(REVIEW, ['y'], view, false).effects).toEqual([]);
  });

  it('does not ask while hosts are still being read, and keeps the marks', () => {
    const { view, approved } = press(READING, ['a', 'c']);
    expect(view.dialog).toBeNull();
    expect(view.message).toContain('12 hosts are still being read');
    expect(approved).toEqual(['az-web-01']);
  });

  it('does not ask when nothing is marked', () => {
    const { view } = press(REVIEW, ['c']);
    expect([view.dialog, view.message.startsWith('Nothing is marked')]).toEqual([null, true]);
  });

  it('changes no mark once the answer was given', () => {
    const { view } = press(REVIEW, ['a', 'c', 'y']);
    expect(press(APPLYING, ['n', 'space', 'g'], view).view.approvals).toEqual(view.approvals);
  });
});

describe('the pace', () => {
  const PAUSED = fold([{ type: 'run-paused' }], APPLYING);

  it('is paused by p, and p goes on again', () => {
    const paused = press(APPLYING, ['p']);
    expect(paused.effects).toEqual([{ kind: 'pause' }]);
    expect(press(PAUSED, ['p'], paused.view).effects).toEqual([{ kind: 'go-on' }]);
  });

  it('gives more time by e, also from the page of a host', () => {
    expect(press(APPLYING, ['e', 'enter', 'e']).effects).toEqual([{ kind: 'extend' }, { kind: 'extend' }]);
  });

  it('aborts by x as Ctrl-C does, and never leaves the screen by it', () => {
    expect(press(APPLYING, ['x', 'x', 'x', 'x']).effects).toEqual([{ kind: 'interrupt' }, { kind: 'interrupt' }]);
    expect(press(APPLYING, ['x', 'ctrl-c', 'ctrl-c']).effects.at(-1)).toEqual({ kind: 'leave' });
  });

  it.each(['reading', 'review', 'done'])('is not changed by any of these keys while %s', (phase) => {
    const state = { reading: READING, review: REVIEW, done: DONE }[phase] as RunState;
    expect(press(state, ['p', 'e', 'x']).effects).toEqual([]);
  });

  it('is not changed by pasted text, nor by letters of a filter', () => {
    expect(press(APPLYING, ['p', 'e', 'x'], INITIAL_VIEW, false).effects).toEqual([]);
    expect(press(APPLYING, ['/', 'p', 'e', 'x']).effects).toEqual([]);
  });
});

describe('leaving', () => {
  it('asks before it leaves a review, and then declines everything', () => {
    const asked = press(REVIEW, ['a', 'q']);
    expect(asked.effects).toEqual([]);
    expect(press(REVIEW, ['y'], asked.view).effects).toEqual([
      { kind: 'approve', hosts: new Set() },
      { kind: 'leave' },
    ]);
  });

  it('ends the reading at once on Ctrl-C, with nothing approved', () => {
    const { effects, view } = press(READING, ['ctrl-c']);
    expect(effects).toEqual([{ kind: 'interrupt' }, { kind: 'approve', hosts: new Set() }, { kind: 'leave' }]);
    expect(view.interrupts).toBe(1);
  });

  it('passes two Ctrl-C on while hosts are changed, and leaves on the third', () => {
    const { view } = press(REVIEW, ['a', 'c', 'y']);
    const { effects } = press(APPLYING, ['ctrl-c', 'ctrl-c', 'ctrl-c'], view);
    expect(effects).toEqual([{ kind: 'interrupt' }, { kind: 'interrupt' }, { kind: 'leave' }]);
  });

  it('does not leave by q while hosts are changed', () => {
    const { effects, view } = press(APPLYING, ['q']);
    expect([effects, view.message.includes('Ctrl-C')]).toEqual([[], true]);
  });

  it('leaves the summary by q, enter or Ctrl-C', () => {
    for (const key of ['q', 'enter', 'ctrl-c']) expect(press(DONE, [key]).effects).toEqual([{ kind: 'leave' }]);
  });

  it('needs no question when there is nothing to decide', () => {
    const idle = fold([finished('az-web-01', 'in-sync')], fold([{ ...runStarted([]), hosts: ['az-web-01'] } as never]));
    expect(press(idle, ['q']).effects).toEqual([{ kind: 'approve', hosts: new Set() }, { kind: 'leave' }]);
  });
});

const KEYS = [
  'up',
  'down',
  'left',
  'right',
  'pageup',
  'pagedown',
  'home',
  'end',
  'enter',
  'escape',
  'tab',
  'backtab',
  'backspace',
  'space',
  'ctrl-c',
  'ctrl-u',
  'a',
  'c',
  'g',
  'n',
  'q',
  's',
  'y',
  '/',
  '?',
  '[',
  ']',
  '1',
  '2',
  'w',
  '!',
  '漢',
  '\u0007',
] as const;
const STATES = [READING, REVIEW, APPLYING, DONE];

describe('any keys in any state', () => {
  const run = fc.array(
    fc.record({ key: fc.constantFrom(...KEYS), state: fc.constantFrom(...STATES), alone: fc.boolean() }),
    { maxLength: 60 },
  );

  function play(steps: readonly { readonly key: string; readonly state: RunState; readonly alone: boolean }[]) {
    let view = INITIAL_VIEW;
    const effects: Effect[] = [];
    for (const { key, state, alone } of steps) {
      const step = press(state, [key], view, alone);
      view = step.view;
      effects.push(...step.effects);
      check(view, step.scene);
    }
    return effects;
  }

  function check(view: View, scene: Scene): void {
    const index = cursorIndex(view, scene);
    expect(index).toBeGreaterThanOrEqual(0);
    expect(index).toBeLessThan(Math.max(1, scene.listed.length));
    expect(view.top).toBeGreaterThanOrEqual(0);
    for (const host of view.approvals.keys()) expect(FLEET.find(({ name }) => name === host)?.changes).not.toBe('none');
    for (const host of approvedHosts(view.approvals, scene)) expect(scene.approvable.has(host)).toBe(true);
  }

  it('keep the cursor in the list and the marks on hosts that have changes', () => {
    fc.assert(fc.property(run, (steps) => void play(steps)));
  });

  it('answer the session once at most, and with hosts only after a y that was pressed by itself', () => {
    fc.assert(
      fc.property(run, (steps) => {
        const answers = play(steps).filter((effect) => effect.kind === 'approve');
        expect(answers.length).toBeLessThanOrEqual(1);
        const said = steps.some(({ key, state, alone }) => key === 'y' && alone && state === REVIEW);
        if (!said) expect(answers.every(({ hosts }) => hosts.size === 0)).toBe(true);
      }),
    );
  });
});
