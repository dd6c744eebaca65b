import type { Finding, Severity } from '#plan/plan.js';
import type { Tone } from './styled-line.js';

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

/** 1 (info) to 5 (critical); 0 for none. */
export function severityRank(severity: Severity | null): number {
  return severity === null ? 0 : ORDER.indexOf(severity) + 1;
}

export function severityTone(severity: Severity): Tone {
  switch (severity) {
    case 'critical':
      return 'critical';
    case 'high':
      return 'bad';
    case 'medium':
      return 'warn';
    default:
      return 'accent';
  }
}

export function worstSeverity(findings: readonly Finding[]): Severity | null {
  let worst: Severity | null = null;
  for (const { severity } of findings) if (severityRank(severity) > severityRank(worst)) worst = severity;
  return worst;
}
