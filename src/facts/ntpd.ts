import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, NtpdFacts } from './facts.js';
import type { Sections } from './sections.js';

type Peer = NtpdFacts['peers'][number];

/** `ntpq -c rv` and `ntpq -pn` of ntpd and ntpsec. Offsets come in milliseconds and are given in seconds. */
export function ntpdFact(sections: Sections): Fact<NtpdFacts> {
  if (sections.section('ntpq-system') === null && sections.complete) return unknown('ntpd is not running');
  return whenKnown(sections.whole('ntpq-system', 'ntpq -c rv'), (text) => {
    const values = parseVariables(text);
    if (!values.has('leap') && !values.has('stratum')) return unknown(`ntpq -c rv printed ${text.slice(0, 80)}`);
    const offset = decimal(values.get('offset'));
    return known({
      leap: shown(values.get('leap') ?? '') || null,
      stratum: decimal(values.get('stratum')),
      offsetSeconds: offset === null ? null : offset / 1000,
      peers: sections.text('ntpq-peers').split('\n').flatMap(parsePeer),
    });
  });
}

/** `name=value` parted by commas over several lines; texts are in double quotes and may hold commas. */
function parseVariables(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const match of text.slice(0, 16384).matchAll(/([A-Za-z_]{1,40})=("[^"\n]*"|[^,\n]*)/g)) {
    values.set(match[1] ?? '', (match[2] ?? '').trim().replace(/^"|"$/g, ''));
  }
  return values;
}

/** Tally, then remote, refid, st, t, when, poll, reach (octal), delay, offset, jitter. Rows that stand for a pool are no peers. */
function parsePeer(line: string): readonly Peer[] {
  const columns = line.slice(1).trim().split(/\s+/);
  const [remote, refid, , , , , reach, , offset] = columns;
  const milliseconds = decimal(offset);
  if (
    columns.length < 10 ||
    !remote ||
    refid === '.POOL.' ||
    !/^[0-7]{1,3}$/.test(reach ?? '') ||
    milliseconds === null
  )
    return [];
  const tally = line[0] === ' ' ? '' : shown(line[0] ?? '');
  return [
    { tally, remote: shown(remote), reach: Number.parseInt(reach ?? '0', 8), offsetSeconds: milliseconds / 1000 },
  ];
}

function decimal(text: string | undefined): number | null {
  return text !== undefined && /^[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?$/.test(text) ? Number(text) : null;
}
