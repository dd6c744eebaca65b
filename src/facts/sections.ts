import type { Section, Snapshot } from '#snapshot/snapshot.js';
import { known, unknown } from './fact.js';
import type { Fact } from './facts.js';

/** The sections of a snapshot by name; of two with one name the first counts. Texts are decoded when asked for, once. */
export interface Sections {
  /** A command's or the probe's own section; null when the probe never printed it. */
  readonly section: (name: string) => Section | null;
  /** A section's text, whatever state it ended in; '' when there is none. Bytes that are no UTF-8 become U+FFFD. */
  readonly text: (name: string) => string;
  /** The text of a section that came whole, or why there is none. `what` names it for people: `chronyc tracking`. */
  readonly whole: (name: string, what: string) => Fact<string>;
  /** Lines of `NAME=value` in a section of values. A value that root alone can read is null. */
  readonly values: (name: string) => ReadonlyMap<string, string | null>;
  readonly lines: (name: string) => readonly string[];
  readonly file: (path: string) => Section | null;
  readonly fileText: (path: string) => string | null;
  readonly files: ReadonlyMap<string, Section>;
  /** All sections that are no files. */
  readonly others: ReadonlyMap<string, Section>;
  readonly complete: boolean;
}

export function indexSections(snapshot: Snapshot): Sections {
  const files = new Map<string, Section>();
  const others = new Map<string, Section>();
  for (const section of snapshot.sections) {
    const map = section.kind === 'file' ? files : others;
    if (!map.has(section.name)) map.set(section.name, section);
  }
  const decoder = new TextDecoder();
  const texts = new Map<string, string>();
  const fileTexts = new Map<string, string>();
  const text = (name: string): string => {
    const seen = texts.get(name);
    if (seen !== undefined) return seen;
    const section = others.get(name);
    const decoded = section ? decoder.decode(section.bytes) : '';
    texts.set(name, decoded);
    return decoded;
  };
  const lines = (name: string) => text(name).split('\n');
  return {
    section: (name) => others.get(name) ?? null,
    text,
    whole: (name, what) => {
      const section = others.get(name);
      const trouble = whyNot(section, what, snapshot.complete);
      if (trouble !== null) return unknown(trouble);
      if (section?.kind === 'command' && section.exit !== 0) return unknown(failure(what, section.exit, text(name)));
      return known(text(name));
    },
    values: (name) => readValues(lines(name)),
    lines,
    file: (path) => files.get(path) ?? null,
    fileText: (path) => {
      const section = files.get(path);
      if (section?.state !== 'ok') return null;
      const decoded = fileTexts.get(path) ?? decoder.decode(section.bytes);
      fileTexts.set(path, decoded);
      return decoded;
    },
    files,
    others,
    complete: snapshot.complete,
  };
}

/** Why a section cannot be believed to be whole, as a clause; null when it can. */
export function whyNot(section: Section | undefined | null, what: string, complete: boolean): string | null {
  if (!section) return complete ? `the probe did not look at ${what}` : `the probe was cut off before ${what}`;
  if (section.state === 'absent') return `${what}: not there`;
  if (section.state === 'denied') return `${what}: permission denied`;
  if (section.state === 'refused') return `${what}: not a regular file, or it holds secrets`;
  if (section.state === 'timeout') return `${what} did not end in time`;
  if (section.truncated) return `${what} printed more than is read`;
  return null;
}

function failure(what: string, exit: number | null, text: string): string {
  const said = text.split('\n').find((line) => line.trim() !== '') ?? '';
  return `${what} ended with ${exit ?? 'an unknown status'}${said ? `: ${said.trim()}` : ''}`;
}

function readValues(lines: readonly string[]): ReadonlyMap<string, string | null> {
  const values = new Map<string, string | null>();
  for (const line of lines) {
    const at = line.search(/[=!]/);
    if (at < 1) continue;
    if (line[at] === '=') values.set(line.slice(0, at), line.slice(at + 1));
    else if (line.slice(at) === '!denied') values.set(line.slice(0, at), null);
  }
  return values;
}
