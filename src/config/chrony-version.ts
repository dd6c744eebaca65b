/** `4.3`, `4.3-2+deb12u3`, `3.4pre1`: the two numbers that options depend on; null when there are none. */
export function parseVersion(text: string): readonly [number, number] | null {
  const match = /^(?:\d+:)?(\d{1,4})\.(\d{1,4})/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

export function isAtLeast(version: readonly [number, number], floor: readonly [number, number]): boolean {
  return version[0] > floor[0] || (version[0] === floor[0] && version[1] >= floor[1]);
}

/** First release with the feature, from NEWS of chrony. */
export const SINCE = {
  /** `include` with wildcards: without it the refclock cannot be put in only if its device is there. */
  includePattern: [2, 2],
  refclockStratum: [3, 3],
  /** confdir, sourcedir, `reload sources`, NTS. */
  confdir: [4, 0],
} as const satisfies Record<string, readonly [number, number]>;
