import { known, shown, unknown, whenKnown } from './fact.js';
import type { Facts } from './facts.js';
import type { Sections } from './sections.js';

/** Servers that DHCP clients left for a daemon, by file: chrony's `*.sources` and helper files, ntpd's, networkd's leases. */
export function dhcpServersFact(sections: Sections): Facts['dhcpServers'] {
  return whenKnown(sections.whole('dhcp-servers', 'what DHCP left'), (text) => {
    const lines = text.split('\n');
    if (!lines.includes('looked')) return unknown('what DHCP left could not be read');
    const byPath = new Map<string, Set<string>>();
    for (const line of lines) {
      const match = /^\.(\/[^:\s]{1,400}):(.{1,1000})$/.exec(line);
      if (!match?.[1] || !match[2]) continue;
      const servers = byPath.get(match[1]) ?? new Set();
      for (const server of serversOf(match[2])) servers.add(server);
      byPath.set(match[1], servers);
    }
    return known([...byPath].map(([path, servers]) => ({ path: shown(path, 400), servers: [...servers] })));
  });
}

/** `server 10.0.0.1 iburst`, `NTP=10.0.0.1 10.0.0.2`, `  option ntp-servers 10.0.0.1,10.0.0.2;`, `10.0.0.1 iburst`. */
function serversOf(line: string): readonly string[] {
  const list = /^NTP=(.*)$/.exec(line)?.[1] ?? /^\s*option ntp-servers ([^;]*)/.exec(line)?.[1];
  if (list !== undefined) return list.split(/[\s,]+/).flatMap(serverOf);
  const word = /^(?:server|pool|peer)\s+(\S+)/.exec(line)?.[1] ?? /^(\S+)/.exec(line)?.[1];
  return word === undefined ? [] : serverOf(word);
}

function serverOf(word: string): readonly string[] {
  return /^[A-Za-z0-9._:%-]{1,255}$/.test(word) ? [word] : [];
}
