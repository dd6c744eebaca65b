import { describe, expect, it } from 'vitest';
import { PrivilegeGate } from '#transport/privilege-gate.js';

const settled = async (promise: Promise<unknown>) => {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

describe('PrivilegeGate', () => {
  it('lets the first host go alone and the others wait', async () => {
    const gate = new PrivilegeGate();
    expect(await gate.enter('pw')).toEqual({ status: 'try' });
    expect(await settled(gate.enter('pw'))).toBe(false);
  });

  it('lets all go at once when the password was accepted', async () => {
    const gate = new PrivilegeGate();
    await gate.enter('pw');
    const waiting = [gate.enter('pw'), gate.enter('pw')];
    gate.accepted('pw');
    expect(await Promise.all(waiting)).toEqual([{ status: 'try' }, { status: 'try' }]);
    expect(await gate.enter('pw')).toEqual({ status: 'try' });
  });

  it('lets nobody try a password that was refused, and says who refused it', async () => {
    const gate = new PrivilegeGate();
    await gate.enter('pw');
    const waiting = gate.enter('pw');
    gate.refused('pw', 'web01');
    expect(await waiting).toEqual({ status: 'refused', by: 'web01' });
    expect(await gate.enter('pw')).toEqual({ status: 'refused', by: 'web01' });
  });

  it('sends the next one alone when the first went away undecided', async () => {
    const gate = new PrivilegeGate();
    await gate.enter('pw');
    const second = gate.enter('pw');
    const third = gate.enter('pw');
    gate.undecided('pw');
    expect(await second).toEqual({ status: 'try' });
    expect(await settled(third)).toBe(false);
  });

  it('stays closed when a host refuses what others had accepted', async () => {
    const gate = new PrivilegeGate();
    await gate.enter('pw');
    gate.accepted('pw');
    gate.refused('pw', 'odd');
    gate.accepted('pw');
    expect((await gate.enter('pw')).status).toBe('refused');
  });

  it('does not mix passwords', async () => {
    const gate = new PrivilegeGate();
    await gate.enter('one');
    expect(await gate.enter('two')).toEqual({ status: 'try' });
  });
});
