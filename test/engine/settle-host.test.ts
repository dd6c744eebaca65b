import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '#conversation/frames.js';
import type { EngineDeps } from '#engine/deps.js';
import { type SettleTask, settleHost } from '#engine/settle-host.js';
import type { EventBody } from '#run/event.js';

type Step = readonly [id: string, state: string];
let answers: Record<string, readonly Step[]>;
let requests: string[];

vi.mock('#engine/settle-dialog.js', async (original) => ({
  ...(await original<typeof import('#engine/settle-dialog.js')>()),
  withSettleDialog: async (_host: unknown, _deps: unknown, _options: unknown, drive: (dialog: unknown) => unknown) =>
    drive({
      request: async (line: string): Promise<readonly Frame[]> => {
        requests.push(line);
        return (answers[line] ?? []).map(([id, state]) => ({ type: 'step', id, state }));
      },
    }),
}));

const task = {
  task: {
    host: { name: 'web-1', connection: { image: null } },
    settings: { settings: { rollout: { settleTimeoutSeconds: 10 } } },
  },
  transaction: 't1',
  guardSeconds: 60,
  extensions: { given: 0 },
  trouble: null,
} as unknown as SettleTask;

beforeEach(() => {
  requests = [];
});

/** How a host ends that answers so, and all that was emitted. */
async function settled(begun: boolean, said: typeof answers) {
  answers = said;
  const events: EventBody[] = [];
  let nowMs = 0;
  const deps = {
    // a second a look, so that whatever waits comes to its end
    clock: { monotonicMs: () => (nowMs += 1000), sleep: async () => {} },
    leaveSignal: new AbortController().signal,
    emit: (event: EventBody) => events.push(event),
  } as unknown as EngineDeps;
  const outcome = await settleHost({ ...task, begun }, deps);
  return { outcome, events };
}

describe('a host that was asked how its transaction ended', () => {
  it.each(['absent', 'preparing'])(
    'is one whose end is not known where its guard was armed, and its record says %s now',
    async (state) => {
      const { outcome, events } = await settled(true, { 'state t1': [['state', state]] });
      expect(outcome).toBe('guard-unknown');
      expect(events.at(-1)).toMatchObject({ problem: { code: 'verify/guard-unknown' } });
      expect(requests).toEqual(['state t1']);
    },
  );

  it('was not begun where it never said that its guard was armed', async () => {
    expect((await settled(false, { 'state t1': [['state', 'absent']] })).outcome).toBe('failed');
    const cleaned = { 'state t1': [['state', 'preparing']] as const, 'clean t1': [['clean', 'cleaned']] as const };
    expect((await settled(false, cleaned)).outcome).toBe('failed');
  });

  it('is taken back where its state is lost', async () => {
    const { outcome } = await settled(true, { 'state t1': [['state', 'lost']], 'revert t1': [['revert', 'reverted']] });
    expect(outcome).toBe('reverted');
  });

  it('tells once what somebody else had written, whether its guard found that or a verdict', async () => {
    const kept: Step = ['found-kept:/etc/chrony/chrony.conf', '/var/lib/tsync/tx/t1/backup/2.found'];
    const { events } = await settled(true, {
      'state t1': [kept, ['state', 'failed']],
      'revert t1': [kept, ['transaction', 'reverted'], ['revert', 'reverted']],
    });
    expect(events.filter(({ type }) => type === 'found-kept')).toEqual([
      {
        type: 'found-kept',
        host: 'web-1',
        transaction: 't1',
        path: '/etc/chrony/chrony.conf',
        copy: '/var/lib/tsync/tx/t1/backup/2.found',
      },
    ]);
  });
});
