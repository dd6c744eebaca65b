import type { ConfigLayout, PlacedLine } from './config-layout.js';

/** The value of KEY in `tinker KEY VALUE ...` or `tos KEY VALUE ...`, and the line it is in. */
export interface NtpValue {
  readonly value: number;
  readonly placed: PlacedLine;
}

/** The last one counts. Lines of ours are not among the foreign ones. */
export function foreignValue(layout: ConfigLayout, directive: 'tinker' | 'tos', key: string): NtpValue | null {
  const found = layout.foreign.flatMap((placed) => {
    const { line } = placed;
    if (line.disabled || line.directive !== directive) return [];
    const at = line.args.findLastIndex((word) => word.toLowerCase() === key);
    const value = Number(line.args[at + 1]);
    return at < 0 || Number.isNaN(value) ? [] : [{ value, placed }];
  });
  return found.at(-1) ?? null;
}

/** ntpd reads this line after our block at the end of the main file, so that it would have the last word. */
export function isReadAfterBlock(layout: ConfigLayout, { placed }: NtpValue): boolean {
  return placed.file !== layout.main && /\.d\/[^/]+$/.test(placed.file.path);
}
