import { known, shown, unknown, whenKnown } from './fact.js';
import type { Fact, TimesyncdFacts } from './facts.js';
import type { Sections } from './sections.js';

/**
 * `timedatectl show-timesync` (systemd 239 and newer) and the offset from `timesync-status`; before that the unit's status
 * text. The probe asks only where timesyncd runs, because asking starts it.
 */
export function timesyncdFact(sections: Sections, system: ReadonlyMap<string, string | null>): Fact<TimesyncdFacts> {
  if (sections.section('timesync') === null && sections.complete) return unknown('systemd-timesyncd is not running');
  if (sections.section('timesync-unit') !== null) return fromStatusText(sections, system);
  return whenKnown(sections.whole('timesync', 'timedatectl show-timesync'), (text) => {
    const values = new Map(text.split('\n').map(splitOnce));
    if (!values.has('ServerName') && !values.has('NTPMessage') && !values.has('PollIntervalUSec')) {
      return unknown('timedatectl show-timesync printed none of its properties');
    }
    const message = parseMessage(values.get('NTPMessage') ?? '');
    return known({
      serverName: shown(values.get('ServerName') ?? '') || null,
      serverAddress: shown(values.get('ServerAddress') ?? '') || null,
      stratum: wholeNumber(message.get('Stratum')),
      offsetSeconds: offsetOf(sections.text('timesync-status')),
      synchronised: isSynchronised(message, system),
    });
  });
}

/**
 * `StatusText=Synchronized to time server 91.189.89.198:123 (ntp.ubuntu.com).`; 219 and older say `Using Time Server`. Before
 * that it says `Connecting to` or `Idle`. Stratum and offset are not told.
 */
function fromStatusText(sections: Sections, system: ReadonlyMap<string, string | null>): Fact<TimesyncdFacts> {
  return whenKnown(sections.whole('timesync-unit', 'the status of systemd-timesyncd'), (text) => {
    const status = /^StatusText=(.{1,300})$/m.exec(text)?.[1];
    if (status === undefined) return unknown('systemd-timesyncd has no status text');
    const match = /(?:time server(?: for the first time)?|Time Server) (\S{1,80}) \((\S{1,255})\)\.?$/.exec(status);
    const follows = /^(?:Synchronized to|Initial synchronization to|Using) /.test(status);
    return known({
      serverName: match?.[2] === undefined ? null : shown(match[2]),
      serverAddress:
        match?.[1] === undefined ? null : shown(match[1].replace(/:[0-9]{1,5}$/, '').replace(/^\[|\]$/g, '')),
      stratum: null,
      offsetSeconds: null,
      synchronised: match !== null && (follows || system.get('timesync-synchronized') === 'yes'),
    });
  });
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at < 1 ? ['', ''] : [line.slice(0, at), line.slice(at + 1).trim()];
}

/** `{ Leap=0, Version=4, ..., Ignored=no PacketCount=25, Jitter=279us }`: old versions leave out the comma after Ignored. */
function parseMessage(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const match of text.slice(0, 4096).matchAll(/([A-Za-z]{1,30})=([^,}]*?)(?=\s+[A-Za-z]{1,30}=|,|\s*\}|$)/g)) {
    values.set(match[1] ?? '', (match[2] ?? '').trim());
  }
  return values;
}

/** The marker file is timesyncd's own, made at its first success; a message that was taken and is not in alarm says it too. */
function isSynchronised(message: ReadonlyMap<string, string>, system: ReadonlyMap<string, string | null>): boolean {
  const taken = message.has('Leap') && message.get('Leap') !== '3' && message.get('Ignored') === 'no';
  return taken && (wholeNumber(message.get('PacketCount')) ?? 0) > 0
    ? true
    : system.get('timesync-synchronized') === 'yes' && taken;
}

/** `       Offset: -1.234ms`, `+1min 2.5s`: seconds, the sign as timesyncd prints it. */
function offsetOf(status: string): number | null {
  const text = /^[ \t]*Offset:[ \t]*(\S[^\n]{0,60})$/m.exec(status)?.[1];
  return text === undefined ? null : parseTimespan(text);
}

/** A time span of systemd.time(7) in seconds: units may be mixed, as in `34min 8s`. null for what is none. */
export function parseTimespan(text: string): number | null {
  const match = /^([+-]?)((?:\s*[0-9]{1,15}(?:\.[0-9]{1,9})?\s*(?:us|ms|s|min|h|d|w|month|y))+)\s*$/.exec(text.trim());
  if (!match?.[2]) return text.trim() === '0' ? 0 : null;
  let seconds = 0;
  for (const part of match[2].matchAll(/([0-9.]+)\s*([a-z]+)/g))
    seconds += Number(part[1]) * (UNITS[part[2] ?? ''] ?? Number.NaN);
  if (!Number.isFinite(seconds)) return null;
  return match[1] === '-' ? -seconds : seconds;
}

const UNITS: { readonly [unit: string]: number } = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  month: 2629800,
  y: 31557600,
};

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}
