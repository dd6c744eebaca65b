import type { Outcome } from '#run/outcome.js';
import { FAULTS, type Fault } from './model-host.js';

/** One fleet that was rolled out. */
export interface SeedRow {
  readonly seed: number;
  readonly faults: readonly (Fault | null)[];
  readonly outcomes: readonly (Outcome | null)[];
}

/** Which of `hosts` hosts have which fault: `faulty` of them, by this seed alone. */
export function faultsOf(seed: number, hosts: number, faulty: number): (Fault | null)[] {
  const random = randomFrom(seed);
  const faults: (Fault | null)[] = Array(hosts).fill(null);
  for (let left = faulty; left > 0; ) {
    const place = Math.floor(random() * hosts);
    if (faults[place] !== null) continue;
    faults[place] = FAULTS[Math.floor(random() * FAULTS.length)] ?? null;
    left -= 1;
  }
  return faults;
}

/** mulberry32: numbers from 0 to 1, the same ones for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const OUTCOMES: readonly Outcome[] = [
  'changed',
  'reverted',
  'failed',
  'stale',
  'unreachable',
  'guard-unknown',
  'skipped',
];

/** docs/proof/fleet.md: how each fleet ended, and how each fault did. */
export function fleetPage(rows: readonly SeedRow[], hosts: number): string {
  const sorted = rows.toSorted((a, b) => a.seed - b.seed);
  const counts = sorted.map(({ seed, outcomes }) => {
    const cells = OUTCOMES.map((wanted) => outcomes.filter((outcome) => outcome === wanted).length);
    return `| ${[seed, ...cells].join(' | ')} |`;
  });
  return `# ${hosts} hosts in waves, a tenth with faults

Made by \`test/engine/fleet-faults.test.ts\`, part of \`npm test\`, which compares this page with what it saw: do not edit it.

The engine, the store and the events are real, the hosts are models behind the transport (\`test/engine/model-host.ts\`). Waves of one
host, a tenth, then a fifth each; \`max_fail: 5%\`; the seed says which 20 hosts have which fault. For each seed the test asserts: from the
moment when more than ten hosts have failed no further one is begun, and before it none is left out; what is read back from the store folds to the same state, no number
missing, one end a host; and when every guard's time is over, each host is asked again and is what the report says of it.

| seed | ${OUTCOMES.join(' | ')} |
| ---: | ${OUTCOMES.map(() => '---:').join(' | ')} |
${counts.join('\n')}

| fault | hosts begun | reported as |
| --- | ---: | --- |
${FAULTS.map((fault) => faultRow(fault, sorted)).join('\n')}
`;
}

function faultRow(fault: Fault, rows: readonly SeedRow[]): string {
  const found = rows.flatMap(({ faults, outcomes }) => outcomes.filter((_, place) => faults[place] === fault));
  const begun = found.filter((outcome) => outcome !== null && outcome !== 'skipped');
  const kinds = OUTCOMES.filter((wanted) => begun.some((outcome) => outcome === wanted));
  return `| ${fault} | ${begun.length} | ${kinds.join(', ')} |`;
}
