import type { Frame } from './frames.js';
import { type FileAttributes, isWriters, type Section } from './snapshot.js';

/** What a conversation may cost in memory, in bytes. */
export interface FrameLimits {
  /** Bytes of a section that are kept; what is longer is cut and marked. */
  readonly sectionBytes: number;
  /** A record line that is longer is no record. */
  readonly lineBytes: number;
  /** All that a host may print in one conversation; after it nothing is read any more. */
  readonly totalBytes: number;
}

export const defaultFrameLimits: FrameLimits = { sectionBytes: 65_536, lineBytes: 4_096, totalBytes: 4 * 1024 * 1024 };

/**
 * Takes what a host prints, in chunks cut anywhere, and gives out the frames of docs/host-programs.md.
 *
 * Any bytes are taken without an exception: what is no frame of this nonce is noise and dropped, and nothing counts before
 * `ready`. Memory stays below the bounds of one section and one line, whatever arrives; a chunk is copied once.
 */
export class FrameReader {
  /** The shell answered: what came before was noise. */
  ready = false;
  /** More than `totalBytes` came: what follows is not read. */
  overflowed = false;

  readonly #limits: FrameLimits;
  readonly #mark: Uint8Array;
  readonly #markText: string;
  #buffer = new Uint8Array(16_384);
  #start = 0;
  #end = 0;
  #scanned = 0;
  #total = 0;
  #open: OpenSection | null = null;

  constructor(nonce: string, limits: FrameLimits = defaultFrameLimits) {
    this.#limits = limits;
    this.#markText = `@${nonce} `;
    this.#mark = new TextEncoder().encode(this.#markText);
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    // In slices, so that one huge chunk costs no more memory than many small ones.
    for (let from = 0; from < chunk.length && !this.overflowed; from += SLICE_BYTES) {
      this.#append(from === 0 && chunk.length <= SLICE_BYTES ? chunk : chunk.subarray(from, from + SLICE_BYTES));
      this.#parse(frames);
      this.#dropWhatCannotMatter();
    }
    return frames;
  }

  #append(bytes: Uint8Array): void {
    this.#total += bytes.length;
    if (this.#total > this.#limits.totalBytes) {
      this.overflowed = true;
      return;
    }
    if (this.#end + bytes.length > this.#buffer.length) {
      // Never moved in place: sections already given out are views of the old buffer.
      const kept = this.#end - this.#start;
      const grown = new Uint8Array(Math.max(2 * (kept + bytes.length), 16_384));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#scanned -= this.#start;
      this.#start = 0;
      this.#end = kept;
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #parse(frames: Frame[]): void {
    if (this.overflowed) return;
    const view = this.#buffer.subarray(0, this.#end);
    for (;;) {
      const at = view.indexOf(AT, this.#scanned);
      if (at < 0) {
        this.#scanned = this.#end;
        return;
      }
      const matched = this.#matchesMark(view, at);
      if (matched === 'no') {
        this.#scanned = at + 1;
        continue;
      }
      const lineEnd = matched === 'more' ? -1 : view.indexOf(LINE_FEED, at);
      if ((lineEnd < 0 ? this.#end : lineEnd) - at > this.#limits.lineBytes) {
        this.#scanned = at + 1;
        continue;
      }
      if (lineEnd < 0) {
        this.#scanned = at;
        return;
      }
      this.#record(view, at, lineEnd, frames);
    }
  }

  /** Whether `@NONCE ` stands at `at`, at the start of a line; 'more' when its end has not come yet. */
  #matchesMark(view: Uint8Array, at: number): 'yes' | 'no' | 'more' {
    // Inside a section the line feed before the mark belongs to the mark, not to the record before.
    const first = this.#open === null ? this.#start : this.#start + 1;
    if (at < first || (at > this.#start && view[at - 1] !== LINE_FEED)) return 'no';
    for (let i = 1; i < this.#mark.length; i++) {
      if (at + i >= this.#end) return 'more';
      if (view[at + i] !== this.#mark[i]) return 'no';
    }
    return 'yes';
  }

  #record(view: Uint8Array, at: number, lineEnd: number, frames: Frame[]): void {
    const words = latin1(view.subarray(at + this.#mark.length, lineEnd)).split(' ');
    const next = lineEnd + 1;
    if (this.#open !== null) {
      if (words[0] !== 'end') {
        this.#scanned = at + 1;
        return;
      }
      frames.push({ type: 'section', section: this.#close(this.#open, view.subarray(this.#start, at - 1), words[1]) });
      this.#open = null;
    } else if (this.ready && words[0] === 'begin') {
      this.#open = openSection(words);
    } else {
      const frame = simpleFrame(words);
      if (frame?.type === 'ready') this.ready = true;
      if (frame !== null && this.ready) frames.push(frame);
    }
    this.#start = next;
    this.#scanned = next;
  }

  #close(open: OpenSection, rest: Uint8Array, word: string | undefined): Section {
    const cut = open.head !== null;
    let bytes = open.head ?? rest;
    let exit: number | null = null;
    if (open.kind === 'command') ({ bytes, exit } = cut ? { bytes, exit } : this.#splitExit(bytes));
    const tooLong = bytes.length > this.#limits.sectionBytes;
    if (tooLong) bytes = bytes.slice(0, this.#limits.sectionBytes);
    const state = stateOf(word);
    const timedOut = exit === 124 || exit === 137;
    return {
      name: open.name,
      kind: open.kind,
      state: timedOut && state === 'ok' ? 'timeout' : state,
      bytes,
      exit: timedOut ? null : exit,
      truncated: cut || tooLong || (open.kind === 'command' && state === 'ok' && exit === null),
      file: open.file,
    };
  }

  /** Takes `\n@NONCE exit STATUS` off the end of a command's body. */
  #splitExit(body: Uint8Array): { bytes: Uint8Array; exit: number | null } {
    const at = body.lastIndexOf(AT);
    const text = at > 0 && body[at - 1] === LINE_FEED && body.length - at < 80 ? latin1(body.subarray(at)) : '';
    const found = text.startsWith(this.#markText) ? /^exit (\d{1,3})$/.exec(text.slice(this.#mark.length)) : null;
    return found ? { bytes: body.subarray(0, at - 1), exit: Number(found[1]) } : { bytes: body, exit: null };
  }

  /** Lets go of noise between frames, and of the middle of a section that is over its bound. */
  #dropWhatCannotMatter(): void {
    if (this.#open === null) {
      // The last byte stays: whether it is a line feed decides if a mark may follow it.
      if (this.#scanned > this.#start) this.#start = this.#scanned === this.#end ? this.#end - 1 : this.#scanned;
      return;
    }
    const bound = this.#limits.sectionBytes + 1;
    if (this.#end - this.#start <= bound + 2 * this.#limits.lineBytes) return;
    this.#open.head ??= this.#buffer.slice(this.#start, this.#start + bound);
    this.#start = this.#scanned - 1;
  }
}

const AT = 0x40;
const LINE_FEED = 0x0a;
const SLICE_BYTES = 65_536;
const utf8 = new TextDecoder();

interface OpenSection {
  readonly name: string;
  readonly kind: Section['kind'];
  readonly file: FileAttributes | null;
  /** The kept beginning, once the section is over its bound. */
  head: Uint8Array | null;
}

/** Records are ASCII; every byte becomes one character, so that nothing can be lost or throw. Faster than spreading by far. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

function openSection(words: readonly string[]): OpenSection | null {
  const [, kind, name, ...attributes] = words;
  if (name === undefined || (kind !== 'file' && kind !== 'command' && kind !== 'values')) return null;
  return { name: decode(name), kind, file: kind === 'file' ? fileAttributes(attributes) : null, head: null };
}

/** Null when the host could not say them: attributes are all known, or none is. */
function fileAttributes(words: readonly string[]): FileAttributes | null {
  const value = (name: string) => words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const [mode, owner, group, size, target, writers] = ['mode', 'owner', 'group', 'size', 'target', 'writers'].map(
    value,
  );
  if (!/^[0-7]{1,4}$/.test(mode ?? '') || !/^\d{1,15}$/.test(size ?? '') || !owner || !group) return null;
  return {
    mode: mode ?? '',
    owner: decode(owner),
    group: decode(group),
    size: Number(size),
    target: target === undefined ? null : decode(target),
    writers: isWriters(writers) ? writers : null,
  };
}

function stateOf(word: string | undefined): 'ok' | 'absent' | 'denied' | 'refused' {
  return word === 'ok' || word === 'absent' || word === 'denied' ? word : 'refused';
}

function simpleFrame(words: readonly string[]): Frame | null {
  const [type, first = '', second = ''] = words;
  switch (type) {
    case 'ready':
      return /^\d{1,6}$/.test(first) ? { type, protocol: Number(first) } : null;
    case 'clock':
      return isDecimal(first) && Number(first) > 0 ? { type, resolutionSeconds: Number(first) } : null;
    case 't':
      if (!/^\d{1,9}$/.test(first) || !isDecimal(second)) return null;
      return { type: 'time', sequence: Number(first), hostSeconds: Number(second) };
    case 'step':
      return second === '' ? null : { type, id: decode(first), state: decode(second) };
    case 'idle':
    case 'done':
      return { type };
    default:
      return null;
  }
}

/** A host whose locale has a decimal comma (bash's EPOCHREALTIME) is not believed: programs set LC_ALL=C. */
function isDecimal(text: string): boolean {
  return /^\d{1,15}(\.\d{1,12})?$/.test(text);
}

/** Undoes `%XX`; what is no UTF-8 becomes U+FFFD. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = text[i] === '%' ? text.slice(i + 1, i + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(text.charCodeAt(i) & 0xff);
    }
  }
  return utf8.decode(Uint8Array.from(bytes));
}
