import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, PtpDevice } from './facts.js';
import type { Sections } from './sections.js';

/** Every PTP clock, by number. An empty list: looked, and there is none. The index says nothing about whose clock it is. */
export function ptpFact(sections: Sections): Fact<readonly PtpDevice[]> {
  return whenKnown(sections.whole('ptp', '/sys/class/ptp'), (text) => {
    const lines = text.split('\n');
    if (!lines.includes('looked')) return unknown('/sys/class could not be read');
    const links = lines
      .slice(0, MOST_CLOCKS)
      .flatMap((line) => /^link (\/dev\/\S{1,200}) (\S{1,200})$/.exec(line)?.slice(1) ?? []);
    const devices = lines.slice(0, MOST_CLOCKS).flatMap((line) => device(line, links));
    return known(devices.sort((left, right) => Number(left.device.slice(3)) - Number(right.device.slice(3))));
  });
}

/** Clocks and names of clocks; the largest servers have some ten. */
const MOST_CLOCKS = 200;

/** `clock ptp0 hyperv`; a clock whose name could not be read is there, and nobody's. */
function device(line: string, links: readonly string[]): readonly PtpDevice[] {
  const match = /^clock (ptp[0-9]{1,4})(?: (.*))?$/.exec(line);
  if (!match?.[1]) return [];
  const symlinks: string[] = [];
  for (let at = 0; at + 1 < links.length; at += 2) {
    const target = links[at + 1] ?? '';
    if (target === match[1] || target === `/dev/${match[1]}`) symlinks.push(shown(links[at] ?? ''));
  }
  return [{ device: match[1], clockName: shown(match[2] ?? 'unknown', 80), symlinks: symlinks.sort() }];
}
