export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** When changes that may step the clock or restart a daemon may be made. */
export interface MaintenanceWindow {
  /** Days on which it begins; empty: every day. */
  readonly days: readonly Day[];
  /** Minutes since midnight. With `to` not after `from` it ends on the next day. */
  readonly fromMinutes: number;
  readonly toMinutes: number;
  /** Name of the tz database: `Europe/Berlin`, `UTC`. */
  readonly zone: string;
}

/** `22:00` to minutes since midnight; `24:00` is the end of the day. Null when it is no time of day. */
export function minutesOfDay(text: string): number | null {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= DAY_MINUTES ? minutes : null;
}

const DAY_MINUTES = 24 * 60;

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Whether one of the windows is open at that time (Unix seconds); without any window it always is. */
export function isWindowOpen(windows: readonly MaintenanceWindow[], nowSeconds: number): boolean {
  return windows.length === 0 || windows.some((window) => isOpen(window, nowSeconds));
}

function isOpen({ days, fromMinutes, toMinutes, zone }: MaintenanceWindow, nowSeconds: number): boolean {
  const { day, minutes } = localTime(nowSeconds, zone);
  const begins = (on: Day) => days.length === 0 || days.includes(on);
  if (toMinutes > fromMinutes) return begins(day) && minutes >= fromMinutes && minutes < toMinutes;
  return (begins(day) && minutes >= fromMinutes) || (begins(dayBefore(day)) && minutes < toMinutes);
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
}

function localTime(nowSeconds: number, timeZone: string): { readonly day: Day; readonly minutes: number } {
  const format = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en-GB', format).formatToParts(nowSeconds * 1000);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const weekday = part('weekday').toLowerCase();
  const day = DAYS.find((name) => name === weekday) ?? 'mon';
  return { day, minutes: Number(part('hour')) * 60 + Number(part('minute')) };
}

/** `sat, sun 22:00 to 04:00 Europe/Berlin`, or every window of several. */
export function describeWindows(windows: readonly MaintenanceWindow[]): string {
  return windows.map(describeWindow).join(' or ');
}

function describeWindow({ days, fromMinutes, toMinutes, zone }: MaintenanceWindow): string {
  return `${days.length === 0 ? 'every day' : days.join(', ')} ${timeOfDay(fromMinutes)} to ${timeOfDay(toMinutes)} ${zone}`;
}

function timeOfDay(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
