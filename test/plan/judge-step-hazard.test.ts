import { describe, expect, it } from 'vitest';
import { judgeStepHazard } from '#plan/judge-step.js';
import type { Action } from '#resources/resource.js';
import { DEFAULT_SETTINGS } from '#settings/settings.js';
import { makeFacts } from '../policy/make-facts.js';
import { MADE_HOSTS } from './made-hosts.js';

const restart: Action = { kind: 'restart', name: 'chrony.service', after: [], withoutSyncSeconds: 25, mayStep: true };
const reload: Action = { ...restart, kind: 'reload-sources', mayStep: false };
const plain = MADE_HOSTS['debian12-plain'];
if (plain === undefined) throw new Error('no made host');

const hazardsOf = (
  offsetSeconds: number,
  options: { settings?: object; actions?: readonly Action[]; minded?: readonly string[] } = {},
) => {
  const { settings = {}, actions = [restart], minded = ['postgres'] } = options;
  const facts = makeFacts({ ...plain, clock: { offsetSeconds, boundSeconds: 0.01 }, stepMinded: minded });
  return judgeStepHazard(facts, { ...DEFAULT_SETTINGS, ...settings }, actions);
};
const textOf = (...words: Parameters<typeof hazardsOf>) =>
  hazardsOf(...words)
    .flatMap(({ evidence }) => evidence.map(({ where, text }) => `${where}: ${text}`))
    .join('\n');

describe('a step that is to come', () => {
  it('is told with its size, its direction, and what on the host minds it in that direction', () => {
    expect(textOf(90)).toContain('the clock goes backwards by 90 s at once');
    expect(textOf(90)).toContain('program postgres: a database: time stamps come twice');
    expect(textOf(-7300)).toContain('the clock goes forwards by 7300 s at once');
    expect(textOf(-7300)).toContain('program postgres: a database: locks and sessions time out early');
  });

  it.each([
    [5, '60 s'],
    [60, '720 s'],
    [3600, '12 h'],
  ])('of %s s would take %s when it is slewed instead', (seconds, time) => {
    expect(textOf(seconds)).toContain(`in about ${time} (one second in twelve`);
  });

  it.each([
    ['is smaller than the limit', hazardsOf(0.9)],
    ['is not larger than makestep steps', hazardsOf(4, { settings: { makestep: { thresholdSeconds: 5, limit: 3 } } })],
    ['cannot come, because steps are switched off', hazardsOf(90, { settings: { makestep: null } })],
    ['cannot come, because nothing is restarted', hazardsOf(90, { actions: [reload] })],
    ['is not to be told', hazardsOf(90, { settings: { stepWarningSeconds: null } })],
  ])('is no finding where it %s', (_why, found) => expect(found).toEqual([]));

  it('does not take programs that could not be seen for none', () => {
    const facts = makeFacts({ ...plain, clock: { offsetSeconds: 9, boundSeconds: 0.01 } });
    const hidden = { ...facts, around: { ...facts.around, stepMinded: { value: null, reason: 'hidden' } } } as const;
    const [found] = judgeStepHazard(hidden, DEFAULT_SETTINGS, [restart]);
    expect(found?.evidence).toContainEqual({ where: 'programs', text: 'hidden: what minds is not known' });
  });
});
