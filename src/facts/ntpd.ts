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
    return known({
      leap: shown(values.get('leap') ?? '') || null,
      stratum: decimal(values.get('stratum')),
      offsetSeconds: milliseconds(values.get('offset')),
      referenceId: shown(values.get('refid') ?? '') || null,
      rootDelaySeconds: milliseconds(values.get('rootdelay')),
      // 4.2.4 and older spell names out, and have one jitter
      rootDispersionSeconds: milliseconds(values.get('rootdisp') ?? values.get('rootdispersion')),
      frequencyPpm: decimal(values.get('frequency')),
      jitterSeconds: milliseconds(values.get('sys_jitter') ?? values.get('jitter')),
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
  const [remote, refid, stratum, , when, poll, reach, delay, offset, jitter] = columns;
  const offsetSeconds = milliseconds(offset);
  if (columns.length < 10 || !remote || refid === '.POOL.' || offsetSeconds === null) return [];
  if (!/^[0-3]?[0-7]{1,2}$/.test(reach ?? '')) return [];
  return [
    {
      tally: line[0] === ' ' ? '' : shown(line[0] ?? ''),
      remote: shown(remote),
      referenceId: shown(refid ?? ''),
      stratum: decimal(stratum),
      lastSampleAgeSeconds: interval(when),
      pollSeconds: interval(poll),
      reach: Number.parseInt(reach ?? '0', 8),
      delaySeconds: milliseconds(delay),
      offsetSeconds,
      jitterSeconds: milliseconds(jitter),
    },
  ];
}

/** `33`, `5m`, `2h`, `10d`: seconds; null for `-`, which is never. */
function interval(text: string | undefined): number | null {
  const match = /^([0-9]{1,9})([smhd]?)$/.exec(text ?? '');
  return match ? Number(match[1]) * (INTERVALS[match[2] ?? ''] ?? 1) : null;
}

const INTERVALS: { readonly [unit: string]: number } = { m: 60, h: 3600, d: 86_400 };

function milliseconds(text: string | undefined): number | null {
  const value = decimal(text);
  return value === null ? null : value / 1000;
}

/** ntpsec prints small numbers as `6e-05`. */
function decimal(text: string | undefined): number | null {
  if (text === undefined || !/^[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:e[+-]?[0-9]{1,2})?$/.test(text)) return null;
  return Number(text);
}
