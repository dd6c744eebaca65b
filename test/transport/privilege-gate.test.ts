import { describe, expect, it } from 'vitest';
import { notTried, type PasswordAttempt, PrivilegeGate } from '#transport/privilege-gate.js';

const settled = async (promise: Promise<unknown>) => {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

/** The right to try, where there must be one. */
async function attemptOf(gate: PrivilegeGate, host: string): Promise<PasswordAttempt> {
  const answer = await gate.enter('pw', host);
  if (answer.status === 'refused') throw new Error(`refused by ${answer.by.join(', ')}`);
  return answer.attempt;
}

const answerOf = async (gate: PrivilegeGate, host: string) => {
  const answer = await gate.enter('pw', host);
  return answer.status === 'try' ? 'try' : answer.by;
};

describe('a password of which nothing is known', () => {
  it('goes to one host, and the others wait', async () => {
    const gate = new PrivilegeGate();
    await attemptOf(gate, 'a');
    expect(await settled(gate.enter('pw', 'b'))).toBe(false);
  });

  it('goes to nobody else once it was refused, and it is said who refused it', async () => {
    const gate = new PrivilegeGate();
    const first = await attemptOf(gate, 'a');
    const waiting = answerOf(gate, 'b');
    first.refused();
    expect(await waiting).toEqual(['a']);
    expect(await answerOf(gate, 'c')).toEqual(['a']);
  });

  it('goes to the next host alone when the first went away undecided', async () => {
    const gate = new PrivilegeGate();
    const first = await attemptOf(gate, 'a');
    const [second, third] = [gate.enter('pw', 'b'), gate.enter('pw', 'c')];
    first.undecided();
    expect(await settled(second)).toBe(true);
    expect(await settled(third)).toBe(false);
  });

  it('is not held up by a host that hangs: one further host goes for every term of patience', async () => {
    const gate = new PrivilegeGate(40);
    await attemptOf(gate, 'hangs');
    const gone: string[] = [];
    const startedMs = performance.now();
    for (const host of ['b', 'c']) void gate.enter('pw', host).then(() => gone.push(host));
    while (gone.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(gone).toEqual(['b', 'c']);
    expect(performance.now() - startedMs).toBeGreaterThan(70);
  });

  it('keeps nobody waiting who is to leave', async () => {
    const gate = new PrivilegeGate();
    await attemptOf(gate, 'a');
    const leave = new AbortController();
    const waiting = gate.enter('pw', 'b', leave.signal);
    leave.abort();
    expect(await waiting).toEqual({ status: 'refused', by: [] });
  });

  it('is not one with another password', async () => {
    const gate = new PrivilegeGate();
    (await attemptOf(gate, 'a')).refused();
    expect((await gate.enter('other', 'b')).status).toBe('try');
  });
});

describe('a password that a host accepted', () => {
  async function acceptedBy(...hosts: readonly string[]): Promise<PrivilegeGate> {
    const gate = new PrivilegeGate();
    for (const host of hosts) (await attemptOf(gate, host)).accepted();
    return gate;
  }

  it('is refused for the refusing host alone', async () => {
    const gate = await acceptedBy('a');
    (await attemptOf(gate, 'odd')).refused();
    expect(await answerOf(gate, 'odd')).toEqual(['odd']);
    expect(await answerOf(gate, 'b')).toBe('try');
  });

  it('goes to no further host that it was not tried on, once three others refused it', async () => {
    const gate = await acceptedBy('a');
    for (const host of ['x', 'y']) (await attemptOf(gate, host)).refused();
    const open = await attemptOf(gate, 'b');
    (await attemptOf(gate, 'z')).refused();
    expect(await answerOf(gate, 'c')).toEqual(['x', 'y', 'z']);
    open.accepted();
    expect(await answerOf(gate, 'b')).toBe('try');
    expect(notTried(['x', 'y', 'z'], 'c')).toBe(
      'x, y, z refused the password, so no further host was given it: it was not tried on c.',
    );
  });

  it('always goes to those that accepted it, or wanted none: what was changed there has to be proved', async () => {
    const gate = await acceptedBy('a');
    (await attemptOf(gate, 'free')).notAsked();
    for (const host of ['x', 'y', 'z', 'w']) {
      const answer = await gate.enter('pw', host);
      if (answer.status === 'try') answer.attempt.refused();
    }
    expect(await answerOf(gate, 'a')).toBe('try');
    expect(await answerOf(gate, 'free')).toBe('try');
    expect(await answerOf(gate, 'new')).toEqual(['x', 'y', 'z']);
  });

  it('is tried once more where it had been accepted, and then not again', async () => {
    const gate = await acceptedBy('a', 'b');
    (await attemptOf(gate, 'a')).refused();
    (await attemptOf(gate, 'a')).refused();
    expect(await answerOf(gate, 'a')).toEqual(['a']);
    (await attemptOf(gate, 'b')).refused();
    (await attemptOf(gate, 'b')).accepted();
    (await attemptOf(gate, 'b')).refused();
    expect(await answerOf(gate, 'b')).toBe('try');
  });

  it('goes to three hosts at a time at first: one that accepts anything tells little', async () => {
    const gate = await acceptedBy('liar');
    const answers = ['b', 'c', 'd', 'e'].map((host) => gate.enter('pw', host));
    expect(await Promise.all(answers.map(settled))).toEqual([true, true, true, false]);
    const first = await answers[0]!;
    if (first.status === 'try') first.attempt.accepted();
    expect(await settled(answers[3]!)).toBe(true);
  });

  it('is not refused by what a host says after its word', async () => {
    const gate = new PrivilegeGate();
    const attempt = await attemptOf(gate, 'a');
    attempt.accepted();
    attempt.refused();
    expect(await answerOf(gate, 'b')).toBe('try');
  });
});
