import { createHash } from 'node:crypto';
import type { Section, Snapshot } from './snapshot.js';

/**
 * SHA-256 (hex) over what a host is and how it is configured, so that two probes of an unchanged host have one digest.
 *
 * Left out, because it changes by itself: our clock measurement; the daemons' own readings (chronyc, ntpq, timedatectl), and what chronyd says of files that are
 * sections themselves, with the time at which it did; uptime
 * and boot id; process numbers; the kernel's log, whose old lines go; what failed units wrote.
 */
export function snapshotDigest(snapshot: Snapshot): string {
  const hash = createHash('sha256');
  hash.update(`${snapshot.protocol} ${snapshot.complete}`);
  for (const section of snapshot.sections) {
    if (!isVolatile(section.name)) addSection(hash, section);
  }
  return hash.digest('hex');
}

function addSection(hash: { update(data: Uint8Array | string): unknown }, section: Section): void {
  const { name, kind, state, exit, truncated, file } = section;
  const bytes = VOLATILE_LINES.has(name) ? withoutVolatileLines(section.bytes) : section.bytes;
  hash.update(
    JSON.stringify([name.replace(/^cmdline:.*/, 'cmdline'), kind, state, exit, truncated, file, bytes.length]),
  );
  hash.update(bytes);
}

function isVolatile(name: string): boolean {
  return VOLATILE_SECTIONS.has(name) || name.startsWith('log:') || name.startsWith('last-words:');
}

const VOLATILE_SECTIONS: ReadonlySet<string> = new Set([
  'tracking',
  'tracking-text',
  'sources',
  'sources-text',
  'sourcestats',
  'selectdata',
  'authdata',
  'chrony-check',
  'timesync',
  'timesync-status',
  'timesync-unit',
  'openntpd',
  'dhcp-servers',
  'ntpq-peers',
  'ntpq-system',
  'processes',
  'dmesg',
  'journalctl',
]);

const VOLATILE_LINES: ReadonlySet<string> = new Set(['system', 'services']);

function withoutVolatileLines(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder('latin1').decode(bytes);
  return new TextEncoder().encode(text.replace(/^(uptime|boot-id|MainPID)=.*\n?/gm, ''));
}
