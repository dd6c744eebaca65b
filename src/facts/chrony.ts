import { configCheckFact } from './chrony-check.js';
import { sourcesFact, trackingFact } from './chrony-readings.js';
import { authenticationFact, selectionFact, statisticsFact } from './chrony-tables.js';
import type { ChronyFacts } from './facts.js';
import type { Sections } from './sections.js';

/**
 * Which files chronyd reads, in its order (a `*.sources` file of a sourcedir comes last, and only server, pool and peer count
 * in it), and what it says of the clock.
 */
export function chronyOf(sections: Sections): ChronyFacts {
  const files: string[] = [];
  const sources: string[] = [];
  for (const line of sections.lines('chrony-config')) {
    const match = /^(file|sources) (\/[A-Za-z0-9_./:@+,~=-]*)$/.exec(line);
    if (match?.[2] === undefined || !isThere(sections, match[2])) continue;
    (match[1] === 'file' ? files : sources).push(match[2]);
  }
  return {
    configPath: files[0] ?? null,
    configFiles: [...new Set([...files, ...sources])],
    configCheck: configCheckFact(sections),
    tracking: trackingFact(sections),
    sources: sourcesFact(sections),
    statistics: statisticsFact(sections),
    selection: selectionFact(sections),
    authentication: authenticationFact(sections),
  };
}

function isThere(sections: Sections, path: string): boolean {
  const section = sections.file(path);
  return section !== null && section.state !== 'absent';
}
