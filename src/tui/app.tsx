import { Text, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useRef, useState } from 'react';
import type { Change } from '#resources/resource.js';
import type { RunState } from '#run/run-state.js';
import { drawFrame } from './draw-frame.js';
import { keyPresses } from './key-names.js';
import type { ReviewSession } from './review-session.js';
import { createProjector } from './scene.js';
import { SPINNER_MS } from './screen-header.js';
import { NO_STAGE_TIMES, noteStages, type StageTimes } from './stage-times.js';
import type { Look } from './styled-line.js';
import { type Effect, type Extent, INITIAL_VIEW, type KeyPress, pressKey, type View } from './view-state.js';

/** How the person left. */
export type ScreenEnd = 'approved' | 'declined' | 'interrupted';

interface AppProps {
  readonly session: ReviewSession;
  readonly look: Look;
  readonly nowMs: () => number;
  readonly unifiedDiff: (change: Change) => string;
}

/** Connects keys, session and frame; everything that is decided is decided in `pressKey` and `drawFrame`. */
export function App({ session, look, nowMs, unifiedDiff }: AppProps) {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const { state, times } = useRun(session, nowMs);
  const project = useRef(createProjector()).current;
  const diffOf = useRef(rememberDiffs(unifiedDiff)).current;
  const [view, setView] = useState<View>(INITIAL_VIEW);
  const latest = useRef(view);
  const extent = useRef<Extent>({ height: 1, length: 1 });

  const scene = project(state, { filter: view.filter, sort: view.sort, sent: view.sent !== null });
  const now = useClock(scene.phase === 'reading' || scene.phase === 'applying', nowMs);
  const frame = drawFrame({
    state,
    scene,
    view,
    columns,
    rows,
    look,
    nowMs: now,
    stageSince: times.since,
    guardSeconds: session.guardSeconds,
    nextCommands: session.nextCommands(),
    unifiedDiff: diffOf,
  });
  extent.current = frame.extent;

  const act = (effect: Effect): void => {
    if (effect.kind === 'approve') session.approve(effect.hosts);
    else if (effect.kind === 'interrupt') session.interrupt();
    else if (effect.kind === 'pause') session.pause();
    else if (effect.kind === 'go-on') session.goOn();
    else if (effect.kind === 'extend') session.extend();
    else exit(endOf(latest.current));
  };
  // A key means what was on the screen when it was pressed: the state that was drawn, not one that came since.
  const press = (key: KeyPress): void => {
    const before = latest.current;
    const shown = project(state, { filter: before.filter, sort: before.sort, sent: before.sent !== null });
    const step = pressKey(before, key, shown, extent.current);
    latest.current = step.view;
    setView(step.view);
    step.effects.forEach(act);
  };
  useInput((input, key) => keyPresses(input, key).forEach(press));
  return <Text>{frame.lines.join('\n')}</Text>;
}

/** A change is compared once, however often its page is drawn. */
function rememberDiffs(unifiedDiff: (change: Change) => string): (change: Change) => string {
  const known = new WeakMap<Change, string>();
  return (change) => {
    const diff = known.get(change) ?? unifiedDiff(change);
    known.set(change, diff);
    return diff;
  };
}

function endOf({ sent, interrupts }: View): ScreenEnd {
  return interrupts > 0 ? 'interrupted' : (sent ?? 'approved');
}

interface Seen {
  readonly state: RunState;
  readonly times: StageTimes;
}

/** The session's state, looked at a few times a second however many events there are. */
function useRun(session: ReviewSession, nowMs: () => number): Seen {
  const [seen, setSeen] = useState(() => lookAt(session, NO_STAGE_TIMES, nowMs()));
  useEffect(() => {
    let timer: NodeJS.Timeout | null = null;
    const refresh = (): void => {
      timer = null;
      setSeen((before) => lookAt(session, before.times, nowMs()));
    };
    const later = (): void => {
      timer ??= setTimeout(refresh, redrawMs(session.state().hosts.size));
    };
    const unsubscribe = session.subscribe(later);
    refresh();
    return () => {
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  }, [session, nowMs]);
  return seen;
}

function lookAt(session: ReviewSession, before: StageTimes, now: number): Seen {
  const state = session.state();
  return { state, times: noteStages(before, state, now) };
}

/** The time, going on while something moves: a screen that only waits for a key draws nothing. */
function useClock(moving: boolean, nowMs: () => number): number {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setNow(nowMs()), SPINNER_MS);
    return () => clearInterval(timer);
  }, [moving, nowMs]);
  return now;
}

/** Ten times a second; less often for a fleet so large that looking at it takes a while. */
function redrawMs(hosts: number): number {
  return 100 + hosts / 50;
}
