import type { Facts, PtpDevice } from '#facts/facts.js';
import { configMeter } from './config-bounds.js';
import type { ConfigLine, ReadWords } from './config-line.js';
import {
  type ConfigFile,
  type ConfigReading,
  type DaemonConfig,
  isOwn,
  type PlacedLine,
  type PresentFile,
  unread,
} from './daemon-config.js';
import { phcLines } from './phc-lines.js';
import { isServerLine } from './server-line.js';

/** How the files of one daemon are read. */
export interface ConfigSyntax {
  readonly parse: (bytes: Uint8Array) => readonly ConfigLine[];
  readonly readWords: ReadWords;
}

type FileTraits = Partial<Pick<ConfigFile, 'role' | 'ours' | 'madeAtStart' | 'afterOurs'>>;

/** Collects what a daemon reads, in the order in which `add` is told of it. */
export interface ConfigReader {
  /**
   * Opens a file as the daemon does: gives its directives, none where the file is absent or not known as a whole. A file that is
   * opened again gives the same ones.
   */
  readonly open: (path: string, traits?: FileTraits) => readonly PlacedLine[];
  /** The daemon reads this line now. A line that it reads again counts where it is read last. */
  readonly add: (placed: PlacedLine) => void;
  /** The configuration is not known as a whole; the first reason, a full sentence, stays. */
  readonly fail: (reason: string) => void;
  readonly result: () => ConfigReading;
}

/** Reads one daemon's configuration out of the files of a host, within `CONFIG_BOUNDS`. */
export function configReader({ files, ptp }: Pick<Facts, 'files' | 'ptp'>, syntax: ConfigSyntax): ConfigReader {
  const opened = new Map<string, { readonly file: ConfigFile; readonly placed: readonly PlacedLine[] }>();
  const order = new Set<PlacedLine>();
  const tooMuch = configMeter();
  let failure: string | null = null;
  const fail = (reason: string) => {
    failure ??= reason;
    return [];
  };
  return {
    open: (path, traits) => {
      const file = files.get(path);
      if (failure !== null || file?.state === 'absent') return [];
      if (file === undefined) return fail(`${path} was not read.`);
      if (file.state !== 'present') return fail(`${path} could not be read: ${file.reason}`);
      if (file.truncated) return fail(`${path} is too large to be read as a whole.`);
      const excess = tooMuch(file);
      if (excess !== null) return fail(excess);
      const there = opened.get(path) ?? placeLines(path, file, syntax, traits);
      opened.set(path, there);
      return there.placed;
    },
    add: (placed) => {
      order.delete(placed);
      order.add(placed);
    },
    fail,
    result: () => {
      if (failure !== null) return unread(failure);
      const found = [...opened.values()].map(({ file }) => file);
      return { known: true, config: configOf(found, [...order], ptp.value) };
    },
  };
}

function placeLines(path: string, present: PresentFile, { parse, readWords }: ConfigSyntax, traits?: FileTraits) {
  const file: ConfigFile = {
    path: present.resolvedTo ?? path,
    role: 'config',
    lines: parse(present.bytes),
    readWords,
    file: present,
    ours: false,
    madeAtStart: false,
    afterOurs: false,
    ...traits,
  };
  const placed = file.lines.flatMap((line, index) => (line.directive === null ? [] : [{ file, index, line }]));
  return { file, placed };
}

function configOf(
  files: readonly ConfigFile[],
  lines: readonly PlacedLine[],
  devices: readonly PtpDevice[] | null,
): DaemonConfig {
  const counting = lines.filter(counts);
  return {
    files,
    directives: Map.groupBy(counting, ({ line }) => line.directive ?? ''),
    own: counting.filter((one) => isOwn(one) && !one.file.madeAtStart).map(({ line }) => line),
    foreign: lines.filter((one) => !isOwn(one)),
    servers: counting.filter(({ line }) => isServerLine(line)),
    refclocks: phcLines(counting, devices),
  };
}

/** Of a `*.sources` file chronyd takes only servers, pools and peers: chrony.conf(5), sourcedir. */
function counts({ file, line }: PlacedLine): boolean {
  return !line.disabled && (file.role === 'config' || isServerLine(line));
}
