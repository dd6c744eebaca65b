import { type ConfigLine, parseConfig } from './config-line.js';

/** Lines of ntp.conf (of ntp.org and of ntpsec) or of a file that it includes, from any bytes. */
export function parseNtpConfig(bytes: Uint8Array): readonly ConfigLine[] {
  return parseConfig(bytes, readNtpWords);
}

/**
 * ntp.conf(5): a comment begins at `#` anywhere outside of quotes. For what is decided here a refclock is one however it is
 * written (`server 127.127.t.u`, ntpsec's `refclock`), `-4` and `-6` say nothing about which server it is, and `true` is what chrony
 * calls `trust`.
 */
export function readNtpWords(text: string): readonly string[] {
  const [first, ...rest] = splitWords(text);
  if (first === undefined) return [];
  const directive = first.toLowerCase();
  if (!ASSOCIATIONS.has(directive)) return [directive, ...rest];
  const args = rest.filter((word) => word !== '-4' && word !== '-6');
  if (/^127\.127\.\d{1,3}\.\d{1,3}$/.test(args[0] ?? '')) return ['refclock', ...args];
  return [directive, ...args.map((word) => (word === 'true' ? 'trust' : word))];
}

const ASSOCIATIONS: ReadonlySet<string> = new Set(['server', 'pool', 'peer']);

function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/"([^"\n]*)"?|#.*|[^\s"#]+/g)) {
    if (match[0].startsWith('#')) break;
    words.push(match[1] ?? match[0]);
  }
  return words;
}
