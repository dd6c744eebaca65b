import type { ConnectionSettings } from '#inventory/host.js';
import { fingerprint, keyTypeOf } from './fingerprint.js';
import { type KnownHost, type KnownHosts, knownHostName } from './known-hosts.js';

/** What is to be said of a key that a host offered. `known` lists what was expected instead, printable. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown'; readonly offered: string }
  | { readonly kind: 'changed'; readonly offered: string; readonly known: readonly string[] }
  /** Known, but by keys of other types: to be asked again with these first. */
  | {
      readonly kind: 'other-type';
      readonly offered: string;
      readonly known: readonly string[];
      readonly types: readonly string[];
    }
  | { readonly kind: 'revoked'; readonly offered: string; readonly origin: string }
  | { readonly kind: 'certificate'; readonly offered: string; readonly origin: string };

export type RefusedHostKey = Exclude<HostKeyVerdict, { readonly kind: 'known' }>;

/**
 * Judges the key that a host offered. The inventory's `host_key` decides alone when it is given; a revoked key never passes.
 * A key is accepted only once the host proved that it has it (ssh2 verifies the signature after asking).
 */
export function judgeHostKey(host: ConnectionSettings, known: KnownHosts, key: Uint8Array): HostKeyVerdict {
  const offered = `${keyTypeOf(key)} ${fingerprint(key)}`;
  const base64 = Buffer.from(key).toString('base64');
  const names = namesOf(host);
  for (const name of names) {
    const revoked = known.revoked(name, base64);
    if (revoked) return { kind: 'revoked', offered, origin: revoked.origin };
  }
  if (host.hostKeys.length > 0) return judgeByInventory(host.hostKeys, key, base64, offered);
  if (names.some((name) => known.find(name, base64) !== null)) return { kind: 'known' };
  const [name = '', ...others] = names;
  const entries = known.all(name);
  const authority = [...entries, ...others.flatMap((other) => known.plain(other))].find(
    ({ marker }) => marker === 'cert-authority',
  );
  return judgeStranger(entries, authority ?? null, keyTypeOf(key), offered);
}

/** The key types known of this host without any hashing, best first: what to ask the host for. */
export function knownKeyTypes(host: ConnectionSettings, known: KnownHosts): string[] {
  if (host.hostKeys.length > 0)
    return host.hostKeys.flatMap((line) => (line.includes(' ') ? [line.trim().split(/\s+/)[0] ?? ''] : []));
  const entries = namesOf(host).flatMap((name) => known.plain(name));
  return [...new Set(entries.filter((entry) => entry.marker === null).map((entry) => entry.type))];
}

/** With a port in the name first; OpenSSH accepts a key that stands there without the port, too. */
function namesOf(host: ConnectionSettings): string[] {
  return [...new Set([knownHostName(host.address, host.port), host.address.toLowerCase()])];
}

function judgeByInventory(
  expected: readonly string[],
  key: Uint8Array,
  base64: string,
  offered: string,
): HostKeyVerdict {
  const print = fingerprint(key);
  const matching = expected.some((line) => {
    const words = line.trim().split(/\s+/);
    return words.length === 1 ? words[0]?.replace(/=+$/, '') === print : words[1] === base64;
  });
  if (matching) return { kind: 'known' };
  const known = expected.map((line) => {
    const [type, body] = line.trim().split(/\s+/);
    return `${body === undefined ? type : `${type} ${fingerprint(Buffer.from(body, 'base64'))}`} (host_key in the inventory)`;
  });
  return { kind: 'changed', offered, known };
}

function judgeStranger(
  entries: readonly KnownHost[],
  authority: KnownHost | null,
  type: string,
  offered: string,
): HostKeyVerdict {
  const keys = entries.filter((entry) => entry.marker === null);
  const known = keys.map((entry) => `${entry.type} ${fingerprint(Buffer.from(entry.key, 'base64'))} (${entry.origin})`);
  if (keys.some((entry) => entry.type === type)) return { kind: 'changed', offered, known };
  if (keys.length > 0) return { kind: 'other-type', offered, known, types: keys.map((entry) => entry.type) };
  return authority ? { kind: 'certificate', offered, origin: authority.origin } : { kind: 'unknown', offered };
}
