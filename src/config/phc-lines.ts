import type { PtpDevice } from '#facts/facts.js';
import type { PhcLine, PlacedLine } from './daemon-config.js';

/** Those of the lines that name a PTP clock; `devices` null: the clocks of the host are not known. */
export function phcLines(lines: readonly PlacedLine[], devices: readonly PtpDevice[] | null): readonly PhcLine[] {
  return lines.filter(isPhc).map((placed) => {
    const [, device = '', ...options] = placed.line.args;
    const path = device.replace(/:.*$/, '');
    return {
      placed,
      path,
      options: options.map((word) => word.toLowerCase()),
      device: devices === null ? undefined : (devices.find((one) => leadsTo(one, path)) ?? null),
    };
  });
}

function isPhc({ line }: PlacedLine): boolean {
  return line.directive === 'refclock' && line.args[0]?.toUpperCase() === 'PHC';
}

function leadsTo({ device, symlinks }: PtpDevice, path: string): boolean {
  return `/dev/${device}` === path || symlinks.includes(path);
}
