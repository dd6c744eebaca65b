import type { PlacedLine, ReadConfig } from '#config/config-layout.js';
import type { ConfigLine } from '#config/config-line.js';
import type { Facts, PtpDevice } from '#facts/facts.js';
import { HOST_CLOCKS, type HostClock, isClockOf } from './host-clocks.js';

/** A `refclock PHC` line that counts and is not ours. */
export interface PhcLine {
  readonly placed: PlacedLine;
  /** How the line names its clock. */
  readonly names: 'host' | 'index' | 'other';
  readonly path: string;
  /** The clock behind the path; null: no such device, undefined: not known. */
  readonly device: PtpDevice | null | undefined;
}

export function phcLines(layout: ReadConfig, devices: readonly PtpDevice[] | null): PhcLine[] {
  return layout.foreign
    .filter(({ file, line }) => file.role === 'config' && !line.disabled && isPhc(line))
    .map((placed) => {
      const path = (placed.line.args[1] ?? '').replace(/:.*$/, '');
      const names = HOST_CLOCKS.some(({ link }) => link === path)
        ? 'host'
        : /^\/dev\/ptp\d+$/.test(path)
          ? 'index'
          : 'other';
      return { placed, path, names, device: devices === null ? undefined : (devices.find(leadsTo(path)) ?? null) };
    });
}

function leadsTo(path: string) {
  return (device: PtpDevice) => `/dev/${device.device}` === path || device.symlinks.includes(path);
}

function isPhc(line: ConfigLine): boolean {
  return line.directive === 'refclock' && line.args[0]?.toUpperCase() === 'PHC';
}

/** Whether chronyd is configured to follow this clock, by whatever name. */
export function isFollowed(layout: ReadConfig, facts: Facts, clock: HostClock): boolean {
  return phcLines(layout, facts.ptp.value).some(
    (one) =>
      (one.path === clock.link || (one.device != null && isClockOf(clock, one.device.clockName))) &&
      !optionWords(one.placed.line).includes('noselect'),
  );
}

/** Words behind the device, in lower case. */
export function optionWords(line: ConfigLine): string[] {
  return line.args.slice(2).map((word) => word.toLowerCase());
}
