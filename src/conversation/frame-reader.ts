import { type FileAttributes, isWriters, type Section, type Writers } from '#snapshot/snapshot.js';
import type { Frame } from './frames.js';

/** What one answer of a host may cost: from a request of ours to the next. */
export interface FrameLimits {
  /** Bytes, noise included. */
  readonly answerBytes: number;
  /** Frames that are no steps. */
  readonly answerFrames: number;
  /** Steps in the whole conversation, which is one transaction's. */
  readonly steps: number;
  /** Bytes of a line that is a frame. */
  readonly lineBytes: number;
}

export const defaultFrameLimits: FrameLimits = {
  answerBytes: 4 * 1024 * 1024,
  answerFrames: 4_096,
  steps: 10_000,
  lineBytes: 32_768,
};

/** Bytes of a section that are kept; one that has more was cut. */
const SECTION_BYTES = 65_536;
/** The longest body that a program of ours sends, and the longest of hexadecimal digits. */
const MOST_BYTES = SECTION_BYTES + 1;
const MOST_DIGITS = 262_144;

/**
 * Takes what a host prints, in chunks cut anywhere, and gives out the frames of docs/internals/host-programs.md.
 *
 * Any bytes are taken without an exception. Before READY and between frames, what is no frame is noise and dropped. The body of a
 * section is as long as its first line says, whatever is in it. What bears the nonce and is no frame, a section twice in one answer and
 * one that nobody asked for are a `violation`: after one, as after `overflowed`, nothing more is read.
 */
export class FrameReader {
  /** The shell answered: what came before was noise. */
  ready = false;
  /** More came than one answer may have. */
  overflowed = false;
  /** What the host printed that no program of ours prints, a sentence; not yet fit for a terminal. */
  violation: string | null = null;

  readonly #token: Uint8Array;
  readonly #mark: Uint8Array;
  readonly #isKnown: (kind: Section['kind'], name: string) => boolean;
  readonly #limits: FrameLimits;
  /** The line at hand, as far as it may still be a frame. */
  #line: number[] = [];
  /** The line at hand is noise up to its end. */
  #isNoise = false;
  #body: Body | null = null;
  #done = false;
  #bytes = 0;
  #frames = 0;
  #steps = 0;
  #seen = new Set<string>();

  constructor(
    marks: { readonly token: string; readonly nonce: string },
    isKnown: (kind: Section['kind'], name: string) => boolean,
    limits: FrameLimits = defaultFrameLimits,
  ) {
    const encoder = new TextEncoder();
    this.#token = encoder.encode(`@${marks.token} `);
    this.#mark = encoder.encode(`@${marks.nonce} `);
    this.#isKnown = isKnown;
    this.#limits = limits;
  }

  /** A request was sent: what comes now is another answer. */
  answerBegins(): void {
    this.#bytes = 0;
    this.#frames = 0;
    this.#seen.clear();
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length && !this.#isOver) {
      const from = at;
      at = this.#body === null ? this.#takeLine(chunk, at, frames) : this.#takeBody(this.#body, chunk, at, frames);
      this.#bytes += at - from;
      if (this.#bytes > this.#limits.answerBytes) this.overflowed = true;
    }
    return frames;
  }

  get #isOver(): boolean {
    return this.overflowed || this.violation !== null;
  }

  /** Takes bytes up to the end of the line or of the chunk; gives where it stopped. */
  #takeLine(chunk: Uint8Array, from: number, frames: Frame[]): number {
    const lineFeed = chunk.indexOf(LINE_FEED, from);
    const end = lineFeed < 0 ? chunk.length : lineFeed;
    if (!this.#isNoise) this.#extendLine(chunk, from, end);
    if (lineFeed < 0) return end;
    if (!this.#isNoise && this.#line.length > 0) this.#record(String.fromCharCode(...this.#line), frames);
    this.#line = [];
    this.#isNoise = false;
    return end + 1;
  }

  #extendLine(chunk: Uint8Array, from: number, end: number): void {
    const mark = this.ready ? this.#mark : this.#token;
    for (let at = from; at < end; at++) {
      const place = this.#line.length;
      if (place < mark.length && chunk[at] !== mark[place]) {
        this.#line = [];
        this.#isNoise = true;
        return;
      }
      if (place >= this.#limits.lineBytes) {
        this.#violate('a frame whose first line has no end');
        return;
      }
      this.#line.push(chunk[at] ?? 0);
    }
  }

  #record(line: string, frames: Frame[]): void {
    // A beginning of the mark alone is noise.
    if (line.length < this.#mark.length) return;
    const words = line.slice(this.#mark.length).split(' ');
    if (!this.ready) {
      if (words.length !== 2 || words[0] !== 'ready' || !/^\d{1,6}$/.test(words[1] ?? '')) return;
      this.ready = true;
      frames.push({ type: 'ready', protocol: Number(words[1]) });
      return;
    }
    if (words[0] === 'section') {
      this.#openSection(words);
      return;
    }
    const frame = simpleFrame(words);
    if (frame === null) this.#violate(`a frame that is none: ${line.slice(this.#mark.length)}`);
    else if (this.#done && frame.type !== 'time') this.#violate(`"${frame.type}" after its end`);
    else this.#give(frame, frames);
  }

  #give(frame: Frame, frames: Frame[]): void {
    if (frame.type === 'done') this.#done = true;
    if (frame.type === 'step') this.#steps += 1;
    else this.#frames += 1;
    if (this.#frames > this.#limits.answerFrames || this.#steps > this.#limits.steps) this.overflowed = true;
    else frames.push(frame);
  }

  #openSection(words: readonly string[]): void {
    const header = sectionHeader(words);
    const wrong = header === null ? `a section that is none: ${words.join(' ')}` : this.#whatIsWrong(header);
    if (header === null || wrong !== null) {
      this.#violate(wrong ?? '');
      return;
    }
    this.#seen.add(header.name);
    this.#body = { header, bytes: new Uint8Array(header.length), taken: 0 };
  }

  #whatIsWrong({ kind, name }: SectionHeader): string | null {
    if (this.#done) return `the section "${name}" after its end`;
    if (this.#seen.has(name)) return `the section "${name}" twice in one answer`;
    return this.#isKnown(kind, name) ? null : `a section of kind ${kind} that nobody asked for: "${name}"`;
  }

  /** Takes the rest of a body, as far as it has come, and the line feed that ends it. */
  #takeBody(body: Body, chunk: Uint8Array, from: number, frames: Frame[]): number {
    const end = Math.min(chunk.length, from + body.bytes.length - body.taken);
    body.bytes.set(chunk.subarray(from, end), body.taken);
    body.taken += end - from;
    if (end === chunk.length) return end;
    this.#body = null;
    if (chunk[end] !== LINE_FEED) {
      this.#violate(`the section "${body.header.name}" with another length than it said`);
      return end;
    }
    const section = sectionOf(body.header, body.bytes);
    if (section === null) this.#violate(`the section "${body.header.name}" with bytes that it cannot have`);
    else this.#give({ type: 'section', section }, frames);
    return end + 1;
  }

  #violate(what: string): void {
    this.violation ??= what;
  }
}

const LINE_FEED = 0x0a;
const utf8 = new TextDecoder();

interface Body {
  readonly header: SectionHeader;
  readonly bytes: Uint8Array;
  taken: number;
}

interface SectionHeader {
  readonly kind: Section['kind'];
  readonly name: string;
  readonly state: Section['state'];
  readonly length: number;
  readonly isHexadecimal: boolean;
  readonly isCut: boolean;
  readonly exit: number | null;
  readonly file: FileAttributes | null;
  readonly writers: Writers | null;
}

const KINDS: readonly string[] = ['file', 'command', 'values'] satisfies Section['kind'][];
const STATES: readonly string[] = ['ok', 'absent', 'denied', 'timeout', 'refused'] satisfies Section['state'][];

/** `section KIND NAME STATE LENGTH [key=value ...]`; null when it is none. */
function sectionHeader([
  ,
  kind = '',
  word = '',
  state = '',
  digits = '',
  ...rest
]: readonly string[]): SectionHeader | null {
  const name = decode(word);
  const values = attributes(rest);
  if (!KINDS.includes(kind) || !STATES.includes(state) || !name || values === null) return null;
  const isHexadecimal = values.get('encoding') === 'hex';
  const length = /^\d{1,6}$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
  if (length > (isHexadecimal ? MOST_DIGITS : MOST_BYTES)) return null;
  const exit = values.get('exit');
  if (exit !== undefined && !/^\d{1,3}$/.test(exit)) return null;
  return {
    kind: kind as Section['kind'],
    name,
    state: state as Section['state'],
    length,
    isHexadecimal,
    isCut: values.get('cut') === 'yes',
    exit: exit === undefined ? null : Number(exit),
    file: kind === 'file' ? fileAttributes(values) : null,
    writers: kind === 'file' ? writersOf(values.get('writers')) : null,
  };
}

/** `key=value` words; null when one is none, or comes twice. */
function attributes(words: readonly string[]): ReadonlyMap<string, string> | null {
  const values = new Map<string, string>();
  for (const word of words) {
    const [, key = '', encoded = ''] = /^([a-z]{1,16})=(\S+)$/.exec(word) ?? [];
    const value = encoded === '?' ? encoded : decode(encoded);
    if (key === '' || value === null || values.has(key)) return null;
    values.set(key, value);
  }
  return values;
}

/** What is no word that we know counts as the worst. */
function writersOf(said: string | undefined): Writers | null {
  if (said === undefined) return null;
  return isWriters(said) ? said : 'others';
}

/** Null when the host could not say them: attributes are all known, or none is. */
function fileAttributes(values: ReadonlyMap<string, string>): FileAttributes | null {
  const [mode = '', owner = '', group = '', size = ''] = ['mode', 'owner', 'group', 'size'].map((key) =>
    values.get(key),
  );
  if (!/^[0-7]{1,4}$/.test(mode) || !/^\d{1,15}$/.test(size) || owner === '' || group === '') return null;
  return {
    mode,
    owner,
    group,
    size: Number(size),
    target: values.get('target') ?? null,
    writers: writersOf(values.get('writers')),
  };
}

function sectionOf({ isHexadecimal, isCut, length, ...header }: SectionHeader, body: Uint8Array): Section | null {
  const all = isHexadecimal ? fromDigits(body) : body;
  // No variable of a shell holds a NUL: what has one comes as digits.
  if (all === null || (!isHexadecimal && body.includes(0))) return null;
  const isWithoutExit = header.kind === 'command' && header.state === 'ok' && header.exit === null;
  return {
    name: header.name,
    kind: header.kind,
    state: header.state,
    bytes: all.length > SECTION_BYTES ? all.slice(0, SECTION_BYTES) : all,
    exit: header.exit,
    truncated: isCut || all.length > SECTION_BYTES || isWithoutExit,
    file: header.file,
    ...(header.file !== null || header.writers === null ? {} : { writers: header.writers }),
  };
}

/** Pairs of hexadecimal digits with blanks and line feeds between them, as `od` prints bytes. */
function fromDigits(body: Uint8Array): Uint8Array | null {
  const digits = utf8.decode(body).replace(/[ \n]+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

/** A frame of one line; null when it is none. */
function simpleFrame(words: readonly string[]): Frame | null {
  const [type, first = '', second = ''] = words;
  switch (`${type} ${words.length - 1}`) {
    case 'clock 1':
      return isDecimal(first) && Number(first) > 0 ? { type: 'clock', resolutionSeconds: Number(first) } : null;
    case 't 2':
      if (!/^\d{1,9}$/.test(first) || !isDecimal(second)) return null;
      return { type: 'time', sequence: Number(first), hostSeconds: Number(second) };
    case 'step 2': {
      const [id, state] = [decode(first), decode(second)];
      return id && state ? { type: 'step', id, state } : null;
    }
    case 'idle 0':
      return { type: 'idle' };
    case 'done 0':
      return { type: 'done' };
    default:
      return null;
  }
}

function isDecimal(text: string): boolean {
  return /^\d{1,15}(\.\d{1,12})?$/.test(text);
}

/** Undoes `%XX`; what is no UTF-8 becomes U+FFFD. Null for a word that no program of ours prints. */
function decode(text: string): string | null {
  if (!/^(?:[A-Za-z0-9_./:@+,~-]|%(?!00)[0-9a-f]{2})*$/.test(text)) return null;
  if (!text.includes('%')) return text;
  return utf8.decode(
    Uint8Array.from(text.match(/%..|[^%]/g) ?? [], (one) =>
      one.length === 3 ? Number.parseInt(one.slice(1), 16) : one.charCodeAt(0),
    ),
  );
}
