import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, OpenntpdFacts } from './facts.js';
import type { Sections } from './sections.js';

type Peer = OpenntpdFacts['peers'][number];

/** `ntpctl -s all` of OpenNTPD: a line for the whole, then two lines for each peer. */
export function openntpdFact(sections: Sections): Fact<OpenntpdFacts> {
  if (sections.section('openntpd') === null && sections.complete) return unknown('OpenNTPD is not running');
  return whenKnown(sections.whole('openntpd', 'ntpctl -s all'), (text) => {
    const status = /clock (?:is )?(synced|unsynced)(?:, stratum ([0-9]{1,2}))?(?:, clock offset is (\S{1,30}))?/.exec(
      text,
    );
    if (!status) return unknown(`ntpctl printed ${text.slice(0, 80)}`);
    return known({
      synchronised: status[1] === 'synced',
      stratum: status[2] === undefined ? null : Number(status[2]),
      offsetSeconds: milliseconds(status[3]),
      peers: peersOf(text.split('\n')),
    });
  });
}

/** `162.159.200.1 from pool pool.ntp.org`, then ` *  1 10  3   23s   30s        -1.046ms     9.246ms     0.428ms`. */
function peersOf(lines: readonly string[]): readonly Peer[] {
  const peers: Peer[] = [];
  lines.forEach((line, at) => {
    const match =
      /^ {1,4}(\*?) {1,4}[0-9]{1,3} +[0-9]{1,3} +([0-9]{1,2}|-) +[0-9-]{1,8}s? +[0-9-]{1,8}s? +(\S{1,30})(?: |$)/.exec(
        line,
      );
    const remote = /^(\S{1,255})/.exec(lines[at - 1] ?? '')?.[1];
    if (!match || remote === undefined) return;
    peers.push({
      remote: shown(remote),
      selected: match[1] === '*',
      stratum: match[2] === '-' ? null : Number(match[2]),
      offsetSeconds: milliseconds(match[3]),
    });
  });
  return peers;
}

function milliseconds(text: string | undefined): number | null {
  const match = /^([+-]?[0-9]{1,12}(?:\.[0-9]{1,9})?)ms$/.exec(text ?? '');
  return match ? Number(match[1]) / 1000 : null;
}
