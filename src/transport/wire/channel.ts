import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import type { ExecEnd, RemoteExec } from '../connection.js';
import { message } from './message.js';
import { type WireReader, WireWriter } from './wire.js';

export interface ChannelOptions {
  /** Our number of the channel. */
  readonly id: number;
  readonly command: string;
  readonly send: (payload: Buffer) => void;
  /** Why the connection is gone, null while it is not. */
  readonly lost: () => Problem | null;
  /** The request to run the command is out: input may follow. */
  readonly onSent: () => void;
  /** The host opened no channel, or did not run the command; what it said. */
  readonly onRefused: (said: string) => void;
}

/** What the host may send before we give it more room. */
const WINDOW_BYTES = 2 * 1024 * 1024;
const PACKET_BYTES = 32 * 1024;
const STDERR = 1;

type Listener = (chunk: Uint8Array) => void;

/** One session channel (RFC 4254, section 5) that runs one command. */
export class Channel implements RemoteExec {
  readonly ended: Promise<ExecEnd>;

  readonly #options: ChannelOptions;
  readonly #end: (end: ExecEnd) => void;
  /** The host's number, and what it still takes. Null: it has not opened the channel. */
  #host: { readonly id: number; readonly packetBytes: number; windowBytes: number } | null = null;
  #room = WINDOW_BYTES;
  readonly #input: Buffer[] = [];
  #inputEnds = false;
  #eofSent = false;
  #closeSent = false;
  #dropped = false;
  #exit: { readonly code: number | null; readonly signal: string | null } | null = null;
  readonly #out = new Output();
  readonly #err = new Output();

  constructor(options: ChannelOptions) {
    this.#options = options;
    const ended = Promise.withResolvers<ExecEnd>();
    this.ended = ended.promise;
    this.#end = ended.resolve;
  }

  open(): void {
    const { id, send } = this.#options;
    send(new WireWriter(message.channelOpen).string('session').u32(id).u32(WINDOW_BYTES).u32(PACKET_BYTES).bytes());
  }

  write(bytes: Uint8Array | string): void {
    if (this.#inputEnds || this.#dropped) return;
    const buffer =
      typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (buffer.length > 0) this.#input.push(buffer);
    this.#sendInput();
  }

  endInput(): void {
    this.#inputEnds = true;
    this.#sendInput();
  }

  destroy(): void {
    this.#drop();
    this.#end({ code: null, signal: null });
  }

  /** As `destroy`, for a reason that the other end of `ended` is to know. */
  refuse(problem: Problem): void {
    this.#drop();
    this.#end({ code: null, signal: null, problem });
  }

  onStdout(listener: Listener): void {
    this.#out.listen(listener);
  }

  onStderr(listener: Listener): void {
    this.#err.listen(listener);
  }

  /** One message of the host for this channel; `reader` stands behind the channel's number. Returns true when the channel is over. */
  take(type: number, reader: WireReader): boolean {
    switch (type) {
      case message.channelOpened:
        this.#opened(reader);
        return false;
      case message.channelOpenFailure:
        reader.u32();
        this.#options.onRefused(printable(reader.words()));
        return true;
      case message.windowAdjust:
        if (this.#host) this.#host.windowBytes += reader.u32();
        this.#sendInput();
        return false;
      case message.channelData:
        this.#took(this.#out, reader.string());
        return false;
      case message.channelExtendedData:
        if (reader.u32() === STDERR) this.#took(this.#err, reader.string());
        return false;
      case message.channelRequest:
        this.#request(reader);
        return false;
      case message.channelFailure:
        this.#options.onRefused('it did not run the command');
        return false;
      case message.channelClose:
        this.#sendClose();
        this.over();
        return true;
      default:
        return false;
    }
  }

  /** The channel or its connection is gone. */
  over(): void {
    const problem = this.#exit === null ? this.#options.lost() : null;
    this.#dropped = true;
    this.#end({ ...(this.#exit ?? { code: null, signal: null }), ...(problem && { problem }) });
  }

  #opened(reader: WireReader): void {
    if (this.#host) return;
    this.#host = { id: reader.u32(), windowBytes: reader.u32(), packetBytes: Math.max(1, reader.u32()) };
    const { command, send, onSent } = this.#options;
    send(
      new WireWriter(message.channelRequest, 512).u32(this.#host.id).string('exec').flag(true).string(command).bytes(),
    );
    if (this.#dropped) this.#sendClose();
    else onSent();
  }

  #request(reader: WireReader): void {
    const kind = reader.text();
    const wantsReply = reader.flag();
    if (kind === 'exit-status') this.#exit = { code: reader.u32(), signal: null };
    if (kind === 'exit-signal') this.#exit = { code: null, signal: printable(reader.text()).slice(0, 40) };
    if (wantsReply && this.#host) this.#options.send(new WireWriter(message.channelFailure).u32(this.#host.id).bytes());
  }

  #took(output: Output, data: Buffer): void {
    this.#room -= data.length;
    if (this.#host && this.#room < WINDOW_BYTES / 2 && !this.#closeSent) {
      this.#options.send(
        new WireWriter(message.windowAdjust)
          .u32(this.#host.id)
          .u32(WINDOW_BYTES - this.#room)
          .bytes(),
      );
      this.#room = WINDOW_BYTES;
    }
    if (!this.#dropped) output.give(data);
  }

  #sendInput(): void {
    const host = this.#host;
    if (host === null || this.#closeSent || this.#eofSent) return;
    for (let next = this.#input[0]; next !== undefined && host.windowBytes > 0; next = this.#input[0]) {
      const part = next.subarray(0, Math.min(next.length, host.windowBytes, host.packetBytes, PACKET_BYTES));
      host.windowBytes -= part.length;
      this.#options.send(new WireWriter(message.channelData, part.length + 16).u32(host.id).string(part).bytes());
      if (part.length === next.length) this.#input.shift();
      else this.#input[0] = next.subarray(part.length);
    }
    if (!this.#inputEnds || this.#input.length > 0) return;
    this.#eofSent = true;
    this.#options.send(new WireWriter(message.channelEof).u32(host.id).bytes());
  }

  #drop(): void {
    this.#dropped = true;
    this.#input.length = 0;
    this.#sendClose();
  }

  #sendClose(): void {
    if (this.#closeSent || this.#host === null) return;
    this.#closeSent = true;
    this.#options.send(new WireWriter(message.channelClose).u32(this.#host.id).bytes());
  }
}

/** Keeps what comes before somebody listens. */
class Output {
  #listener: Listener | null = null;
  readonly #early: Buffer[] = [];

  give(data: Buffer): void {
    if (this.#listener) this.#listener(data);
    else this.#early.push(data);
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    for (const data of this.#early.splice(0)) listener(data);
  }
}
