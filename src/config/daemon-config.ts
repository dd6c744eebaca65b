import type { FileFacts, PtpDevice } from '#facts/facts.js';
import type { ConfigLine, ReadWords } from './config-line.js';

export type PresentFile = Extract<FileFacts, { readonly state: 'present' }>;

/** One file of a daemon's configuration that is there. */
export interface ConfigFile {
  /** The file itself: where a symbolic link leads. */
  readonly path: string;
  /** `sources`: only server, pool and peer count there. */
  readonly role: 'config' | 'sources';
  readonly lines: readonly ConfigLine[];
  readonly readWords: ReadWords;
  readonly file: PresentFile;
  /** True for files that only tsync writes. */
  readonly ours: boolean;
  /** True for what refclock.sh writes at each start of chronyd. */
  readonly madeAtStart: boolean;
  /** The daemon reads it after the place of tsync's own lines, so that it has the last word. */
  readonly afterOurs: boolean;
}

export interface PlacedLine {
  readonly file: ConfigFile;
  /** 0-based. */
  readonly index: number;
  readonly line: ConfigLine;
}

/** A `refclock PHC` line that counts. */
export interface PhcLine {
  readonly placed: PlacedLine;
  /** `/dev/ptp_hyperv`, without the driver's options behind a colon. */
  readonly path: string;
  /** Words behind the device, in lower case. */
  readonly options: readonly string[];
  /** The clock behind the path; null: no such device, undefined: not known. */
  readonly device: PtpDevice | null | undefined;
}

/** The configuration of one daemon, read as a whole and in the daemon's own order. */
export interface DaemonConfig {
  /** Those that the daemon reads, in the order in which it first opens them. */
  readonly files: readonly ConfigFile[];
  /** The lines that count, tsync's own included, by directive: the last one has the last word. */
  readonly directives: ReadonlyMap<string, readonly PlacedLine[]>;
  /** The lines that count in tsync's own files and block, but for what refclock.sh writes. */
  readonly own: readonly ConfigLine[];
  /** Every directive that is not tsync's, those that tsync switched off included. */
  readonly foreign: readonly PlacedLine[];
  /** The lines that count and bring NTP servers. */
  readonly servers: readonly PlacedLine[];
  /** The `refclock PHC` lines that count. */
  readonly refclocks: readonly PhcLine[];
}

/** A configuration with a main file, which is the first of `files`. */
export interface MainConfig extends DaemonConfig {
  readonly main: ConfigFile;
}

/** What is known of a daemon's configuration: all of it, or nothing. */
export type ConfigReading<C extends DaemonConfig = DaemonConfig> =
  | { readonly known: true; readonly config: C }
  | Unread;

export interface Unread {
  readonly known: false;
  /** False: the daemon or its configuration is not there, so that there is nothing to know. */
  readonly isThere: boolean;
  /** In a full sentence. */
  readonly reason: string;
}

export function unread(reason: string, isThere = true): Unread {
  return { known: false, isThere, reason };
}

/** The lines that count and have this directive, in the daemon's order. */
export function linesWith({ directives }: Pick<DaemonConfig, 'directives'>, directive: string): readonly PlacedLine[] {
  return directives.get(directive) ?? [];
}

/** A line that tsync wrote. */
export function isOwn({ file, line }: PlacedLine): boolean {
  return file.ours || line.ours;
}
