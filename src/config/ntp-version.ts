/** `4.2.6p5`, `1:4.2.8p15+dfsg`, ntpsec's `1.2.2+dfsg1`: the three numbers that options depend on; null when there are none. */
export function parseNtpVersion(text: string): readonly [number, number, number] | null {
  const match = /^(?:\d+:)?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

type Version = readonly [number, number, number];

export function isNtpAtLeast(version: Version, floor: Version): boolean {
  const at = version.findIndex((number, index) => number !== floor[index]);
  return at < 0 || (version[at] ?? 0) > (floor[at] ?? 0);
}

/** First release with what we write, from the documentation of each. */
export const NTP_SINCE = {
  /** ntp.org: `pool`, `iburst`, `true`, `tinker`, `tos` as written here. */
  ntpd: [4, 2, 6],
  /** ntp.org: `restrict source`. */
  restrictSource: [4, 2, 8],
  /** Its first release. */
  ntpsec: [1, 0, 0],
  nts: [1, 2, 0],
} as const satisfies { readonly [feature: string]: Version };
