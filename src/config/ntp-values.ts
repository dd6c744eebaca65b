import type { DaemonConfig, PlacedLine } from './daemon-config.js';

/** The value of KEY in `tinker KEY VALUE ...` or `tos KEY VALUE ...`, and the line it is in. */
export interface NtpValue {
  readonly value: number;
  readonly placed: PlacedLine;
}

/** The last one counts. Lines of ours are not among the foreign ones. */
export function foreignValue({ foreign }: DaemonConfig, directive: 'tinker' | 'tos', key: string): NtpValue | null {
  const found = foreign.flatMap((placed) => {
    const { line } = placed;
    if (line.disabled || line.directive !== directive) return [];
    const at = line.args.findLastIndex((word) => word.toLowerCase() === key);
    const value = Number(line.args[at + 1]);
    return at < 0 || Number.isNaN(value) ? [] : [{ value, placed }];
  });
  return found.at(-1) ?? null;
}
