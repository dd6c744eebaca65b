/** The shell files of this folder that make up the probe. Functions only: their order means nothing to a host. */
export const PROBE_FILES = [
  'probe',
  'tools',
  'files',
  'system',
  'ptp',
  'hyperv',
  'kernel-log',
  'processes',
  'services',
  'init-scripts',
  'packages',
  'daemons',
  'chrony',
  'ntpd',
  'timesyncd',
  'dhcp-servers',
  'around',
  'transactions',
  'module-parameters',
  'image',
] as const;

/**
 * The probe program: the shared functions, the probe's own, and the call, as bytes.
 * The same bytes for every host, so that a security team can allow them by their digest.
 */
export function probeProgram(texts: { readonly conversation: string; readonly probe: string }): Uint8Array {
  return new TextEncoder().encode(compactShell(`${texts.conversation}\n${texts.probe}\n`) + CALL);
}

const CALL = 'tsync_probe "$@"\n';

/**
 * Leaves comments, empty lines and indentation out of a shell text: half the bytes, and with them one turnaround on a long
 * way. Only for our own files, which have no literal that goes over lines but the line feed itself.
 */
export function compactShell(text: string): string {
  return text.replace(/^[ \t]*(#.*)?\n/gm, '').replace(/^[ \t]+/gm, '');
}
