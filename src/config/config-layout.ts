import type { FileFacts } from '#facts/facts.js';
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
}

/** A configuration that was read as a whole. */
export interface ReadConfig {
  /** In reading order. */
  readonly files: readonly ConfigFile[];
  /** Every directive that is not ours, those that tsync switched off included. */
  readonly foreign: readonly PlacedLine[];
}

/** One with a main file, which is the first of `files`. */
export interface ConfigLayout extends ReadConfig {
  readonly main: ConfigFile;
}

export interface PlacedLine {
  readonly file: ConfigFile;
  /** 0-based. */
  readonly index: number;
  readonly line: ConfigLine;
}

export function foreignLines(file: ConfigFile): PlacedLine[] {
  if (file.ours) return [];
  return file.lines.flatMap((line, index) => (line.directive === null || line.ours ? [] : [{ file, index, line }]));
}

/** Directives of tsync's own files and block that the daemon reads now. */
export function ownLines(layout: ReadConfig): readonly ConfigLine[] {
  return layout.files
    .filter((file) => !isSnippet(file.path))
    .flatMap((file) =>
      file.lines.filter((line) => (file.ours || line.ours) && line.directive !== null && !line.disabled),
    );
}

/** What refclock.sh writes at each start of the daemon. */
export function isSnippet(path: string): boolean {
  return path.endsWith('/tsync-refclock.conf');
}
