import { shown } from './fact.js';
import type { Sections } from './sections.js';

/** A running time daemon of this machine itself; those of its containers are left out by the probe. */
export interface Process {
  readonly pid: number;
  /** Its program was seen to be the daemon's own; only root can see that. */
  readonly verified: boolean;
  /** The kernel's name for it, 15 characters at most: `systemd-timesyn`. */
  readonly name: string;
  /** Arguments of /proc/PID/cmdline; null when it could not be read. */
  readonly commandLine: readonly string[] | null;
}

export interface Processes {
  /** False where /proc/1 is hidden (`hidepid`): a daemon that is not seen may run. */
  readonly looked: boolean;
  /** Of several by one name, the one that counts comes first. */
  readonly list: readonly Process[];
  /** Processes that only bear a daemon's name. */
  readonly strangers: readonly { readonly pid: number; readonly name: string; readonly uid: number }[];
}

export function processesOf(sections: Sections): Processes {
  const lines = sections.lines('processes');
  const list = lines.slice(0, MOST_PROCESSES).flatMap((line) => {
    const [, kind, pid, name] = /^(process|unverified) ([1-9][0-9]{0,9}) (\S{1,15})$/.exec(line) ?? [];
    if (pid === undefined || name === undefined) return [];
    return [{ pid: Number(pid), name, verified: kind === 'process', commandLine: commandLine(sections, pid) }];
  });
  const strangers = lines.slice(0, MOST_PROCESSES).flatMap((line) => {
    const [, pid, name, uid] = /^stranger ([1-9][0-9]{0,9}) (\S{1,15}) ([0-9]{1,10})$/.exec(line) ?? [];
    return name === undefined ? [] : [{ pid: Number(pid), name: shown(name), uid: Number(uid) }];
  });
  return { looked: lines.includes('looked') && sections.section('processes')?.state === 'ok', list, strangers };
}

/** Daemons of a machine and of its containers; the probe tells the arguments of a dozen. */
const MOST_PROCESSES = 1000;

function commandLine(sections: Sections, pid: string): readonly string[] | null {
  const text = sections.text(`cmdline:${pid}`).slice(0, MOST_ARGUMENT_BYTES).replace(/\n$/, '');
  if (text === '') return null;
  const words = text.split('\0');
  if (words.at(-1) === '') words.pop();
  return words.map((word) => shown(word, 400));
}

/** As much as the probe reads. */
const MOST_ARGUMENT_BYTES = 4096;
