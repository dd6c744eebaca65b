import { known, unknown, whenKnown } from './fact.js';
import type { Fact, Init, InitScript } from './facts.js';
import type { Sections } from './sections.js';

/** How time services start without systemd, or under it by a sysv script: scripts or jobs, and the links of runlevels. */
export function initScriptsFact(sections: Sections, init: Fact<Init>): Fact<readonly InitScript[]> {
  return whenKnown(init, (name) => {
    if (name === 'systemd' && sections.section('init-scripts') === null) return unknown('init is systemd');
    return whenKnown(sections.whole('init-scripts', 'the init scripts'), (text) => {
      const entries = text.split('\n').flatMap(entryOf);
      const byName = Map.groupBy(entries, (entry) => entry.name);
      return known([...byName].map(([one, own]) => scriptOf(one, own, name)));
    });
  });
}

type EntryKind = 'script' | 'job' | 'manual' | 'start' | 'stop' | 'runlevel' | 'started';

interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  readonly path: string;
}

const NAME = '([A-Za-z0-9][A-Za-z0-9._-]{0,63})';
const ENTRIES: readonly (readonly [RegExp, EntryKind])[] = [
  [new RegExp(`^/etc/init\\.d/${NAME}$`), 'script'],
  [new RegExp(`^/etc/init/${NAME}\\.conf$`), 'job'],
  [new RegExp(`^manual ${NAME}$`), 'manual'],
  [new RegExp(`^/etc/(?:rc\\.d/|init\\.d/)?rc[2345]\\.d/S[0-9]{2}${NAME}$`), 'start'],
  [new RegExp(`^/etc/(?:rc\\.d/|init\\.d/)?rc[0-6]\\.d/K[0-9]{2}${NAME}$`), 'stop'],
  [new RegExp(`^/etc/runlevels/[A-Za-z0-9._-]{1,64}/${NAME}$`), 'runlevel'],
  [new RegExp(`^/run/openrc/started/${NAME}$`), 'started'],
];

function entryOf(line: string): readonly Entry[] {
  for (const [pattern, kind] of ENTRIES) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined) return [{ name, kind, path: line }];
  }
  return [];
}

function scriptOf(name: string, entries: readonly Entry[], init: Init): InitScript {
  const paths = (kind: EntryKind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.path);
  const job = paths('job')[0] ?? null;
  const startLinks = paths(init === 'openrc' ? 'runlevel' : 'start').sort();
  const startsByJob = job !== null && paths('manual').length === 0;
  return {
    name,
    script: paths('script')[0] ?? null,
    job,
    startLinks,
    stopLinks: paths('stop').sort(),
    startsAtBoot: startLinks.length > 0 || startsByJob,
    started: init === 'openrc' ? paths('started').length > 0 : null,
  };
}
