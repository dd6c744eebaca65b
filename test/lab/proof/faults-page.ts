import type { RunDocument } from '../operator.js';

/** How one fault ended. */
export interface FaultRow {
  readonly fault: string;
  readonly outcome: string;
  /** The exit code of tsync. */
  readonly code: number | null;
  readonly problem: RunDocument['hosts'][number]['problem'];
  /** Where the host differs from what it was. */
  readonly changed: readonly string[];
  /** Of its last transaction. */
  readonly state: string;
}

/** docs/proof/faults.md: a line a fault. */
export function faultsPage(rows: readonly FaultRow[]): string {
  const lines = rows.map((row) => {
    const message = row.problem === null ? '' : `\`${row.problem.code}\`: ${row.problem.summary}`;
    return `| ${row.fault} | ${row.outcome} | ${row.code} | ${message} | ${hostIs(row)} |`;
  });
  return `# Faults

Made by \`test/lab/proof/faults.test.ts\`, which runs in CI and compares this page with what it saw: do not edit it.

Each fault on a real systemd host of its own (a container with Debian 12). Every path of /etc with content, mode,
owner and extended attributes, what is enabled and what runs are compared with what they were when the fault had been made. \`as before\`: nothing differs; \`as planned\`: changed, proved and confirmed.

| fault | outcome | exit code | message | the host afterwards |
| --- | --- | ---: | --- | --- |
${lines.join('\n')}
`;
}

function hostIs({ changed, state, outcome }: FaultRow): string {
  const isUntouched = outcome === 'failed' || outcome === 'stale';
  if (changed.length === 0 && (isUntouched || state === 'reverted')) return 'as before';
  if (outcome === 'changed' && state === 'confirmed') return 'as planned';
  return `NEITHER: transaction ${state}; ${changed.join('; ')}`;
}
