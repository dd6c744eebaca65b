/** Raw output of one run of the probe program, bounded, before anything in it is believed. */
export interface Snapshot {
  /** Version of the probe protocol, first in the first frame. */
  readonly protocol: number;
  readonly sections: readonly Section[];
  /** False when the closing frame never came: what follows the last section was lost. */
  readonly complete: boolean;
  readonly clock: ClockMeasurement | null;
}

/**
 * One framed record.
 *
 * | state     | bytes                         | exit            |
 * | --------- | ----------------------------- | --------------- |
 * | ok        | what was printed or read      | null for a file |
 * | absent    | empty: no such file, command  | null            |
 * | denied    | empty or the message          | null            |
 * | timeout   | what came before the deadline | null            |
 * | refused   | empty: not a regular file ... | null            |
 */
export interface Section {
  readonly name: string;
  readonly kind: 'file' | 'command' | 'values';
  readonly state: 'ok' | 'absent' | 'denied' | 'timeout' | 'refused';
  readonly bytes: Uint8Array;
  readonly exit: number | null;
  /** True when a bound cut it: such a file is never edited, such an output never trusted to be whole. */
  readonly truncated: boolean;
  /** For files: what `stat` and `readlink` said. `target` is the symbolic link's text, null when it is no link. */
  readonly file: FileAttributes | null;
  /** Of a file that is not there: who could put one there; missing where the host did not say. */
  readonly writers?: Writers;
}

/**
 * Who can change a file, where every folder on the way counts, along every link. `root`: root alone. `file`: others can write the
 * file. `others`: others can put something else in its place.
 */
export type Writers = 'root' | 'file' | 'others';

export function isWriters(value: unknown): value is Writers {
  return value === 'root' || value === 'file' || value === 'others';
}

export interface FileAttributes {
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  readonly target: string | null;
  /** Null: the host did not tell. */
  readonly writers: Writers | null;
}

/** One request and answer over the open conversation. All in seconds of Unix time except the round trip. */
export interface ClockExchange {
  readonly sentAt: number;
  readonly hostAt: number;
  readonly receivedAt: number;
  /** By our monotonic clock, seconds: a step of the operator's clock does not falsify it. */
  readonly roundTripSeconds: number;
}

/** Our own measurement of a host's clock against the operator's: the exchange with the smallest round trip. */
export interface ClockMeasurement {
  /** Host minus operator: positive when the host is ahead. */
  readonly offsetSeconds: number;
  /** Half of the round trip, plus the resolutions of the host's reading and of ours: the true offset lies within. */
  readonly boundSeconds: number;
  readonly exchanges: number;
  /** Resolution of the host's reading: 1e-9 with `date +%N`, 1 without. */
  readonly resolutionSeconds: number;
}
