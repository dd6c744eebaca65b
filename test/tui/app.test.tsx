import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { unifiedDiff } from '#plan/unified-diff.js';
import type { EventBody } from '#run/event.js';
import type { RunState } from '#run/run-state.js';
import { App } from '#tui/app.js';
import type { ReviewSession } from '#tui/review-session.js';
import { FLEET, finished, fold, reviewState, runStarted } from './made-fleet.js';

afterEach(cleanup);

/** A run that only notes what the screen asks of it. */
function noteSession(first: RunState) {
  const asked: string[] = [];
  let state = first;
  let listener = (): void => {};
  const session: ReviewSession = {
    state: () => state,
    subscribe: (callback) => {
      listener = callback;
      return () => {};
    },
    guardSeconds: () => 240,
    approve: (hosts) => void asked.push(`approve ${[...hosts].join(' ')}`),
    interrupt: () => void asked.push('interrupt'),
    pause: () => void asked.push('pause'),
    goOn: () => void asked.push('go on'),
    extend: () => void asked.push('extend'),
    nextCommands: () => ['tsync show 01JD'],
  };
  const happen = (...events: readonly EventBody[]): void => {
    state = fold(events, state);
    listener();
  };
  return { session, asked, happen };
}

async function open(first: RunState) {
  const noted = noteSession(first);
  const look = { color: false, unicode: true };
  const screen = render(<App session={noted.session} look={look} nowMs={() => 0} unifiedDiff={unifiedDiff} />);
  const type = async (...chunks: readonly string[]): Promise<void> => {
    for (const chunk of chunks) {
      screen.stdin.write(chunk);
      await sleep(20);
    }
  };
  const frame = (): string => screen.lastFrame() ?? '';
  await sleep(20);
  return { ...noted, type, frame };
}

describe('the screen', () => {
  it('applies the hosts of an approved group after the question was answered', async () => {
    const { type, frame, asked } = await open(reviewState());
    await type('/', 'az-web', '\r', 'g', 'c');
    expect(frame()).toContain('Apply 6 changes to 3 hosts?');
    expect(asked).toEqual([]);
    await type('y');
    expect(asked).toEqual(['approve az-web-01 az-web-02 az-web-03']);
  });

  it('takes several keys in one piece, as a slow line brings them', async () => {
    const { type, frame } = await open(reviewState());
    await type('jj \u001b[B');
    expect(frame()).toMatch(/◉ 1 of 7 approved/);
  });

  it('approves nothing from one pasted text that has every key in it', async () => {
    const { type, asked } = await open(reviewState());
    await type('acy');
    expect(asked).toEqual([]);
  });

  it('follows the run without a key: reading, then the summary', async () => {
    const { frame, happen } = await open(fold([runStarted(FLEET)]));
    expect(frame()).toContain('Being read 14');
    happen(finished('az-web-01', 'in-sync'), { type: 'run-finished', exitCode: 0 });
    await sleep(250);
    expect(frame()).toContain('$ tsync show 01JD');
  });

  it('declines everything on Ctrl-C in a review', async () => {
    const { type, asked } = await open(reviewState());
    await type('a', '\u0003');
    expect(asked).toEqual(['interrupt', 'approve ']);
  });
});
