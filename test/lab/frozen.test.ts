import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab, playbookOf } from './lab.js';
import { A_CHANGE_IS_MADE, Operator, type Running } from './operator.js';

const LEAVES_WITHIN_MS = 5_000;
const [GOOD, FROZEN] = [1, 2];
/** Until the newest transaction of a host is taken back. */
const UNTIL_REVERTED =
  'for i in $(seq 200); do grep -qsx reverted "$(ls -td /var/lib/tsync/tx/*/ | head -n 1)state" && exit 0; sleep 1; done; exit 1';

/** From the last byte that tsync printed until its process was gone, in ms. */
async function leftAfterMs({ child }: Running): Promise<number> {
  let lastMs = performance.now();
  const printed = () => {
    lastMs = performance.now();
  };
  child.stdout.on('data', printed);
  child.stderr.on('data', printed);
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - lastMs;
}

/** The outcome of each host, from the events of a run. */
const outcomesOf = (jsonl: string): Record<string, string> =>
  Object.fromEntries(
    [...jsonl.matchAll(/"type":"host-finished","host":"([^"]+)","outcome":"([^"]+)"/g)].map(
      ([, host = '', outcome = '']) => [host, outcome],
    ),
  );

// SIGSTOP for every process of a host: its kernel still acknowledges what arrives, and nobody answers. A paused machine is the same.
describe.skipIf(!canRunContainers('a whole host that freezes'))('a whole host that freezes', () => {
  let lab: Lab;
  let operator: Operator;
  let inventory: string;
  let playbook: string;
  const name = (index: number) => lab.nameOf(index);

  beforeAll(async () => {
    lab = await Lab.start(2);
    operator = new Operator();
    inventory = operator.write('inventory.yaml', lab.inventory);
    playbook = operator.write('playbook.yaml', playbookOf(40, 75));
  });
  afterAll(async () => {
    await lab?.thaw(FROZEN);
    operator?.close();
    await lab?.stop();
  });

  /** Starts tsync, freezes a host once that was printed, and gives what came of each host. */
  async function freezeAt(pattern: RegExp, ...args: readonly string[]) {
    const running = operator.start([...args, '--jsonl']);
    const leaving = leftAfterMs(running);
    await running.printed(pattern);
    await lab.freeze(FROZEN);
    const { stdout } = await running.ended;
    const result = {
      outcomes: outcomesOf(stdout),
      run: /"run":"([^"]+)"/.exec(stdout)?.[1] ?? '',
      late: await leaving,
    };
    await lab.thaw(FROZEN);
    return result;
  }

  /** Until its guard has taken the newest transaction back, and has ended. */
  async function untilTakenBack(): Promise<void> {
    await lab.inside(FROZEN, UNTIL_REVERTED);
    await expect.poll(() => lab.leftoversOf(FROZEN), { timeout: 60_000, interval: 1_000 }).toBe('');
  }

  it('while it is probed: the other host is audited, and tsync ends', async () => {
    const pattern = new RegExp(`"type":"host-probing","host":"${name(FROZEN)}"`);
    const { outcomes, late } = await freezeAt(pattern, 'audit', inventory, '-p', playbook, '--accept-new');
    expect(outcomes).toEqual({ [name(GOOD)]: 'drifted', [name(FROZEN)]: 'unreachable' });
    expect(late).toBeLessThan(LEAVES_WITHIN_MS);
  });

  it('while it is changed, and while its change is taken back: its guard settles it when it thaws', {
    timeout: 1_200_000,
  }, async () => {
    const before = lab.stateOf(FROZEN);
    const inFlight = new RegExp(`(?=.*"host":"${name(FROZEN)}")${A_CHANGE_IS_MADE.source}`);
    const changed = await freezeAt(inFlight, 'run', inventory, '-p', playbook, '--yes', '--accept-new');
    expect(changed.outcomes).toEqual({ [name(GOOD)]: 'changed', [name(FROZEN)]: 'guard-unknown' });
    expect(changed.late).toBeLessThan(LEAVES_WITHIN_MS);
    await untilTakenBack();
    expect(lab.stateOf(FROZEN)).toEqual(before);

    const again = await operator.expectRun(0, 'run', inventory, '-p', playbook, '--yes');
    const confirmed = lab.stateOf(FROZEN);
    const taken = await freezeAt(inFlight, 'rollback', again.run, '--yes', '--confirm-timeout', '125s');
    expect(taken.outcomes).toEqual({ [name(FROZEN)]: 'guard-unknown' });
    expect(taken.late).toBeLessThan(LEAVES_WITHIN_MS);
    await untilTakenBack();
    expect(lab.stateOf(FROZEN)).toEqual(confirmed);
  });
});
