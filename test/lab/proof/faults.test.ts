import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunContainers, Lab } from '../lab.js';
import { Operator, type RunDocument, TOP } from '../operator.js';
import { FAULTS, type Fault, faultPlaybook, type Scene } from './faults.js';
import { type FaultRow, faultsPage } from './faults-page.js';
import { differences, hostState } from './host-state.js';
import { copyWithKillPoints } from './tsync-copy.js';

const AT_A_TIME = 5;
/** Some of them, by their names, to look at these; the page is then not compared. */
const ONLY = process.env.TSYNC_FAULTS;
const CHOSEN = FAULTS.filter(({ name }) => ONLY === undefined || new RegExp(ONLY).test(name));

describe.skipIf(!canRunContainers('faults on real hosts'))('what goes wrong on a host, each on a real one', () => {
  let lab: Lab;
  let operator: Operator;
  let holding: Operator;
  let copy: ReturnType<typeof copyWithKillPoints>;

  beforeAll(async () => {
    lab = await Lab.start(CHOSEN.length);
    copy = copyWithKillPoints();
    operator = new Operator();
    holding = new Operator(copy.top);
  });
  afterAll(async () => {
    operator?.close();
    holding?.close();
    copy?.remove();
    await lab?.stop();
  });

  it('ends as docs/proof/faults.md says', async () => {
    const limit = pLimit(AT_A_TIME);
    const rows = await Promise.all(CHOSEN.map((fault, place) => limit(() => met(fault, place + 1))));
    if (ONLY !== undefined) return console.log(faultsPage(rows));
    await expect(faultsPage(rows)).toMatchFileSnapshot(join(TOP, 'docs/proof/faults.md'));
  });

  async function met(fault: Fault, index: number): Promise<FaultRow> {
    let before = await hostState(lab, index);
    const mark = async () => {
      before = await hostState(lab, index);
    };
    const scene: Scene = {
      mark,
      started: [],
      lab,
      index,
      name: lab.nameOf(index),
      operator,
      holding,
      inventory: operator.write(`inventory${index}.yaml`, lab.inventory),
      playbook: operator.write(`playbook${index}.yaml`, faultPlaybook()),
    };
    await fault.arrange?.(scene);
    await mark();
    const { code, stdout, stderr } = await fault.act(scene);
    expect(stdout, stderr).toMatch(/^\{/);
    const [host] = (JSON.parse(stdout) as RunDocument).hosts;
    const changed = differences(await hostState(lab, index), before);
    await fault.afterwards?.(scene);
    const state = lab.transactionsOf(index).at(-1) ?? 'none';
    return { fault: fault.name, outcome: host?.outcome ?? '', code, problem: host?.problem ?? null, changed, state };
  }
});
