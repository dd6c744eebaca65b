import type { NtpServer } from '#settings/settings.js';
import type { ConfigLine } from './config-line.js';

/** The line of chrony for one server of the playbook; `preferred` adds `prefer` where the strategy prefers NTP. */
export function serverLine(server: NtpServer, preferred = false): string {
  return [
    server.pool ? 'pool' : 'server',
    server.address,
    ...(server.iburst ? ['iburst'] : []),
    ...(server.minpoll === null ? [] : [`minpoll ${server.minpoll}`]),
    ...(server.maxpoll === null ? [] : [`maxpoll ${server.maxpoll}`]),
    ...(server.key === null ? [] : [`key ${server.key}`]),
    ...(server.nts ? ['nts'] : []),
    ...(server.prefer || preferred ? ['prefer'] : []),
    ...(server.trust ? ['trust'] : []),
  ].join(' ');
}

/** Lines that bring NTP servers; the last three are of ntpd only. */
export function isServerLine(line: ConfigLine): boolean {
  return line.directive !== null && SERVER_DIRECTIVES.has(line.directive);
}

const SERVER_DIRECTIVES: ReadonlySet<string> = new Set([
  'server',
  'pool',
  'peer',
  'broadcastclient',
  'multicastclient',
  'manycastclient',
]);

/** True when the line is that server with all that the playbook says about it; what it leaves open may be anything. */
export function isSameServer(line: ConfigLine, server: NtpServer, preferred = false): boolean {
  if (line.directive !== (server.pool ? 'pool' : 'server')) return false;
  if (line.args[0]?.toLowerCase() !== server.address.toLowerCase()) return false;
  const options = line.args.slice(1).map((word) => word.toLowerCase());
  const has = (word: string) => options.includes(word);
  const value = (word: string) => (has(word) ? Number(options[options.indexOf(word) + 1]) : null);
  return (
    has('nts') === server.nts &&
    has('prefer') === (server.prefer || preferred) &&
    has('trust') === server.trust &&
    !has('noselect') &&
    !has('offline') &&
    value('key') === server.key &&
    (server.minpoll === null || value('minpoll') === server.minpoll) &&
    (server.maxpoll === null || value('maxpoll') === server.maxpoll)
  );
}

/** An address or name that cannot break out of its line. */
export function isPlainAddress(address: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._:%-]{0,254}$|^::[A-Za-z0-9.:%]{0,60}$/.test(address);
}
