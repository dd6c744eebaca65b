import { createHmac } from 'node:crypto';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | null;
  /** `host`, `[host]:port`, with `*` and `?`, `!` in front; or one hashed name `|1|SALT|HASH`. */
  readonly names: readonly string[];
  readonly type: string;
  /** Base64 of the wire bytes, padded. */
  readonly key: string;
  /** `FILE:LINE`, to be shown. */
  readonly origin: string;
}

/** Reads a known_hosts file. Lines that are no key of SSH 2 (comments, keys of SSH 1, damaged ones) are left out, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const found: KnownHost[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    const entry = parseLine(line, `${file}:${number}`);
    if (entry) found.push(entry);
  }
  return found;
}

function parseLine(line: string, origin: string): KnownHost | null {
  const words = line.trim().split(/[ \t]+/);
  if (words[0] === '' || words[0]?.startsWith('#')) return null;
  const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : null;
  if (marker !== null && marker !== 'revoked' && marker !== 'cert-authority') return null;
  const [names, type, key] = words;
  if (!names || !type || !key || !/^[a-z]/.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return null;
  return {
    marker,
    names: names.toLowerCase().startsWith('|1|') ? [names] : names.toLowerCase().split(','),
    type,
    key,
    origin,
  };
}

/** The name under which a host stands in known_hosts: the port is part of it unless it is 22. */
export function knownHostName(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}

/**
 * What is known of hosts' keys, made for fleets: plain names are found by index, and a hashed name is computed only for lines
 * that hold the key that was offered, because one HMAC for every line and host would cost a minute for 5,000 of each.
 */
export class KnownHosts {
  readonly #byName = new Map<string, KnownHost[]>();
  readonly #byPattern: KnownHost[] = [];
  readonly #hashed: KnownHost[] = [];
  readonly #hashedByKey = new Map<string, KnownHost[]>();
  readonly #revokedByKey = new Map<string, KnownHost[]>();

  constructor(entries: readonly KnownHost[]) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: KnownHost): void {
    if (entry.marker === 'revoked') {
      push(this.#revokedByKey, entry.key, entry);
    } else if (entry.names[0]?.startsWith('|1|')) {
      this.#hashed.push(entry);
      push(this.#hashedByKey, entry.key, entry);
    } else if (entry.names.some((name) => /[*?!]/.test(name))) {
      this.#byPattern.push(entry);
    } else {
      for (const name of entry.names) push(this.#byName, name, entry);
    }
  }

  /** The line that forbids this key for this host. */
  revoked(name: string, key: string): KnownHost | null {
    return this.#revokedByKey.get(key)?.find((entry) => matches(entry, name)) ?? null;
  }

  /** The line that knows this host by this very key. */
  find(name: string, key: string): KnownHost | null {
    const plain = this.plain(name).find((entry) => entry.marker === null && entry.key === key);
    return plain ?? this.#hashedByKey.get(key)?.find((entry) => entry.marker === null && matches(entry, name)) ?? null;
  }

  /** The lines with this name in clear text: cheap. */
  plain(name: string): KnownHost[] {
    return [...(this.#byName.get(name) ?? []), ...this.#byPattern.filter((entry) => matches(entry, name))];
  }

  /** Every line of this host, hashed names too: one HMAC a hashed line. */
  all(name: string): KnownHost[] {
    return [...this.plain(name), ...this.#hashed.filter((entry) => matches(entry, name))];
  }
}

function push(map: Map<string, KnownHost[]>, key: string, entry: KnownHost): void {
  const list = map.get(key);
  if (list) list.push(entry);
  else map.set(key, [entry]);
}

function matches(entry: KnownHost, name: string): boolean {
  const [first] = entry.names;
  if (first?.startsWith('|1|')) return matchesHashed(first, name);
  const negated = entry.names.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name));
  return !negated && entry.names.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name));
}

function matchesHashed(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` as OpenSSH reads them; without backtracking that a crafted line could make slow. */
function matchesPattern(pattern: string, name: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let n = 0; n < name.length; ) {
    if (p < pattern.length && pattern[p] !== '*' && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (pattern[p] === '*') {
      star = p;
      p += 1;
      resume = n;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
