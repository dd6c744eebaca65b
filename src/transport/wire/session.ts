import type { Socket } from 'node:net';
import { printable } from '#errors/printable.js';
import type { Problem } from '#errors/problem.js';
import type { RemoteExec } from '../connection.js';
import type { SigningKey } from '../signing-key.js';
import { Channel } from './channel.js';
import { agree, cipherKeys, type Exchanged, KeyExchange, kexInit } from './key-exchange.js';
import { loginRequest, signedLogin } from './login-request.js';
import { message } from './message.js';
import { type CipherKeys, PacketReader, PacketWriter } from './packets.js';
import { WireError, WireReader, WireWriter } from './wire.js';

/** Gives out the next key to try after the host's refusal, which names what it allows; null: there is none left. */
export type NextKey = (allowed: readonly string[] | null, next: (key: SigningKey | null) => void) => void;

export interface SessionOptions {
  readonly user: string;
  /** In the order of preference. */
  readonly hostKeyAlgorithms: readonly string[];
  /** Asked before the host's signature is checked. */
  readonly trusts: (hostKey: Buffer) => boolean;
  readonly nextKey: NextKey;
  /** Whether to sign without asking the host first if it would take the key. */
  readonly signsAtOnce: (key: SigningKey) => boolean;
  readonly keepaliveMs: number;
  /** The host has proved that it holds its key. */
  readonly onHandshake: () => void;
  readonly onReady: () => void;
  /** Once, before `onClose`; the session is of no use any more. */
  readonly onError: (error: Error) => void;
  readonly onClose: () => void;
}

/** There is nothing that both sides know. */
export class NoCommonAlgorithm extends Error {
  override readonly name = 'NoCommonAlgorithm';
}

/** The host let nobody in. */
export class NoLogin extends Error {
  override readonly name = 'NoLogin';
}

const OUR_IDENT = 'SSH-2.0-tsync';
const MOST_IDENT_BYTES = 8_192;
const MOST_LINES = 1_024;
/** Questions without any word of the host in between. */
const MOST_UNANSWERED = 3;
const BY_APPLICATION = 11;

/**
 * The client's side of one SSH connection (RFC 4251 to 4254), as far as tsync needs it: an exchange by curve25519 or P-256,
 * AES-GCM, login by public key, commands. What it does not know it refuses; `NoCommonAlgorithm` says that ssh2 should be tried.
 *
 * Bytes from the host come through `receive`, which throws nothing.
 */
export class Session {
  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #reader = new PacketReader();
  readonly #writer = new PacketWriter();
  #out: Buffer[] = [];
  #isTaking = false;
  #willFlush = false;
  #over = false;

  #lines = 0;
  #theirIdent: string | null = null;
  /** Null outside of an exchange. */
  #ourInit: Buffer | null = null;
  #theirInit: Buffer | null = null;
  #exchange: KeyExchange | null = null;
  #ignoreNext = false;
  #strict = false;
  #nextKeys: CipherKeys | null = null;
  #sessionId: Buffer | null = null;
  #hostKey: Buffer | null = null;
  /** What may not be sent during an exchange. */
  #held: Buffer[] = [];
  #received = 0;

  #state: 'handshake' | 'login' | 'open' = 'handshake';
  #serviceAsked = false;
  #trying: { readonly key: SigningKey; readonly signed: boolean } | null = null;

  readonly #channels = new Map<number, Channel>();
  #channelCount = 0;
  #unanswered = 0;
  #keepalive: NodeJS.Timeout | null = null;

  constructor(socket: Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#closed());
    this.#out.push(Buffer.from(`${OUR_IDENT}\r\n`));
    this.#startExchange();
    this.#flush();
  }

  /** What came from the host; the chunk is not kept. */
  receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#isTaking = true;
    try {
      this.#reader.push(chunk);
      if (this.#theirIdent === null) this.#takeLines();
      if (this.#theirIdent !== null) this.#takePackets();
      this.#reader.settle();
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#isTaking = false;
    this.#flush();
  }

  /** Asks for a channel with a command; its listeners hear what comes of it. */
  exec(
    command: string,
    lost: () => Problem | null,
    onSent: (exec: RemoteExec, refuse: (problem: Problem) => void) => void,
    onRefused: (said: string) => void,
  ): void {
    const id = this.#channelCount++;
    const channel: Channel = new Channel({
      id,
      command,
      lost,
      send: (payload) => this.#send(payload),
      onSent: () => onSent(channel, (problem) => channel.refuse(problem)),
      onRefused,
    });
    this.#channels.set(id, channel);
    channel.open();
  }

  /** Says goodbye and closes our side; the host is to close the other. */
  end(): void {
    if (this.#over) return;
    this.#send(new WireWriter(message.disconnect).u32(BY_APPLICATION).string('').string('').bytes());
    this.#flush();
    this.#over = true;
    this.#stopKeepalive();
    this.#socket.end();
  }

  destroy(): void {
    this.#over = true;
    this.#stopKeepalive();
    this.#socket.destroy();
  }

  #takeLines(): void {
    for (let line = this.#reader.line(MOST_IDENT_BYTES); line !== null; line = this.#reader.line(MOST_IDENT_BYTES)) {
      if (line.startsWith('SSH-')) {
        if (!/^SSH-(2\.0|1\.99)-/.test(line)) throw new WireError('the host speaks another version of SSH');
        this.#theirIdent = line;
        return;
      }
      this.#lines += 1;
      if (this.#lines > MOST_LINES) throw new WireError('the host does not begin with SSH');
    }
  }

  #takePackets(): void {
    for (let payload = this.#reader.next(); payload !== null && !this.#over; payload = this.#reader.next()) {
      this.#unanswered = 0;
      this.#take(payload);
      this.#received += 1;
    }
  }

  #take(payload: Buffer): void {
    const type = payload[0] ?? 0;
    if (type === message.disconnect) this.#disconnected(payload);
    else if (type <= message.debug) this.#takeNoise(type);
    else if (type >= message.kexInit && type < message.loginRequest) this.#takeExchange(type, payload);
    else if (this.#state === 'handshake') throw new WireError(`message ${type} came in the handshake`);
    else if (isForms(type)) return;
    else if (this.#state === 'login') this.#takeLogin(type, payload);
    else this.#takeOpen(type, payload);
  }

  #takeNoise(type: number): void {
    if (this.#strict && this.#sessionId === null) throw new WireError(`message ${type} came in the handshake`);
  }

  // --- the exchange of keys, at the beginning and whenever the host wants another ---

  #startExchange(): void {
    this.#ourInit = kexInit(this.#options.hostKeyAlgorithms);
    this.#pack(this.#ourInit);
  }

  #takeExchange(type: number, payload: Buffer): void {
    if (type === message.kexInit && this.#theirInit === null) this.#takeInit(payload);
    else if (this.#ignoreNext && type !== message.kexInit) this.#ignoreNext = false;
    else if (type === message.ecdhReply && this.#exchange && this.#nextKeys === null) this.#takeReply(payload);
    else if (type === message.newKeys && this.#nextKeys) this.#takeNewKeys(this.#nextKeys);
    else throw new WireError(`message ${type} came out of turn`);
  }

  #takeInit(payload: Buffer): void {
    const isFirst = this.#sessionId === null;
    const agreed = agree(this.#options.hostKeyAlgorithms, payload);
    if (agreed === null) throw new NoCommonAlgorithm('there is no algorithm that both sides know');
    if (isFirst) {
      this.#strict = agreed.strict;
      if (agreed.strict && this.#received > 0) throw new WireError('something came before the list of algorithms');
    }
    this.#theirInit = payload;
    this.#ignoreNext = agreed.ignoreNext;
    if (this.#ourInit === null) this.#startExchange();
    this.#exchange = new KeyExchange(agreed);
    this.#pack(this.#exchange.init());
  }

  #takeReply(payload: Buffer): void {
    const { agreed } = this.#exchange as KeyExchange;
    const said = {
      ourIdent: OUR_IDENT,
      theirIdent: this.#theirIdent ?? '',
      ourInit: this.#ourInit as Buffer,
      theirInit: this.#theirInit as Buffer,
    };
    const exchanged = (this.#exchange as KeyExchange).finish(payload, said, (key) => this.#trusts(key));
    if (exchanged === null) throw new WireError('the host key is not accepted');
    this.#hostKey = exchanged.hostKey;
    this.#sessionId ??= exchanged.hash;
    this.#installKeys(exchanged, this.#sessionId, agreed);
  }

  /** A later exchange must be signed by the key of the first. */
  #trusts(hostKey: Buffer): boolean {
    return this.#hostKey === null ? this.#options.trusts(hostKey) : this.#hostKey.equals(hostKey);
  }

  #installKeys(
    exchanged: Exchanged,
    sessionId: Buffer,
    agreed: { readonly toHost: string; readonly fromHost: string },
  ): void {
    this.#pack(Buffer.of(message.newKeys));
    this.#writer.encryptWith(cipherKeys(exchanged, sessionId, agreed.toHost, 'AC'));
    this.#nextKeys = cipherKeys(exchanged, sessionId, agreed.fromHost, 'BD');
  }

  #takeNewKeys(keys: CipherKeys): void {
    this.#reader.decryptWith(keys);
    if (this.#strict) this.#received = -1; // becomes 0, the number of the next packet
    this.#ourInit = this.#theirInit = this.#exchange = this.#nextKeys = null;
    for (const payload of this.#held.splice(0)) this.#pack(payload);
    if (this.#state !== 'handshake') return;
    this.#state = 'login';
    this.#options.onHandshake();
    this.#tryNextKey(null);
  }

  // --- the login ---

  #tryNextKey(allowed: readonly string[] | null): void {
    this.#trying = null;
    this.#options.nextKey(allowed, (key) => {
      if (this.#over) return;
      if (key === null) this.#fail(new NoLogin('the host let nobody in'));
      else void this.#tryKey(key, this.#options.signsAtOnce(key));
    });
  }

  async #tryKey(key: SigningKey, signed: boolean): Promise<void> {
    const { user } = this.#options;
    let request: Buffer;
    try {
      request = signed
        ? await signedLogin(this.#sessionId as Buffer, user, key)
        : loginRequest(user, key, false).bytes();
    } catch {
      // As if the host had refused the key: the next one is tried.
      this.#tryNextKey(null);
      return;
    }
    if (this.#over) return;
    this.#trying = { key, signed };
    // With the first login goes the request for the service that takes it (RFC 4253, section 10, lets us go on at once).
    if (!this.#serviceAsked) this.#send(new WireWriter(message.serviceRequest).string('ssh-userauth').bytes());
    this.#serviceAsked = true;
    this.#send(request);
  }

  #takeLogin(type: number, payload: Buffer): void {
    const trying = this.#trying;
    if (trying === null) throw new WireError(`message ${type} came before the login`);
    if (type === message.loginFailure) {
      this.#tryNextKey(new WireReader(payload, 1).names());
    } else if (type === message.loginKeyAccepted && !trying.signed) {
      this.#trying = null;
      void this.#tryKey(trying.key, true);
    } else if (type === message.loginSuccess && trying.signed) {
      this.#loggedIn();
    } else {
      throw new WireError(`message ${type} came in the login`);
    }
  }

  #loggedIn(): void {
    this.#state = 'open';
    this.#trying = null;
    this.#keepalive = setInterval(() => this.#askWhetherAlive(), this.#options.keepaliveMs);
    this.#keepalive.unref();
    this.#options.onReady();
  }

  // --- the open connection ---

  #takeOpen(type: number, payload: Buffer): void {
    if (type === message.globalRequest) this.#globalRequest(payload);
    else if (type === message.channelOpen) this.#refuseChannel(payload);
    else if (type >= message.channelOpened && type <= message.channelFailure) this.#takeChannel(type, payload);
    else this.#send(new WireWriter(message.unimplemented).u32(this.#received).bytes());
  }

  #takeChannel(type: number, payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    const id = reader.u32();
    const channel = this.#channels.get(id);
    if (channel === undefined) throw new WireError(`message ${type} came for a channel that is not there`);
    if (channel.take(type, reader)) this.#channels.delete(id);
  }

  /** We offer nothing that a host could ask for. */
  #globalRequest(payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    reader.string();
    if (reader.flag()) this.#send(Buffer.of(message.requestFailure));
  }

  #refuseChannel(payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    reader.string();
    const prohibited = 1;
    this.#send(
      new WireWriter(message.channelOpenFailure).u32(reader.u32()).u32(prohibited).string('').string('').bytes(),
    );
  }

  #askWhetherAlive(): void {
    this.#unanswered += 1;
    if (this.#unanswered > MOST_UNANSWERED) this.#fail(new Error('Keepalive timeout'));
    else this.#send(new WireWriter(message.globalRequest).string('keepalive@openssh.com').flag(true).bytes());
  }

  #disconnected(payload: Buffer): void {
    const reader = new WireReader(payload, 1);
    reader.u32();
    this.#fail(new Error(printable(reader.words()) || 'the host ended the connection'));
  }

  // --- sending, and the end ---

  #send(payload: Buffer): void {
    if (this.#over) return;
    if (this.#ourInit !== null) this.#held.push(payload);
    else this.#pack(payload);
  }

  /** All that is written in one turn leaves in one system call. */
  #pack(payload: Buffer): void {
    this.#out.push(...this.#writer.pack(payload));
    if (this.#isTaking || this.#willFlush) return;
    this.#willFlush = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#willFlush = false;
    const out = this.#out;
    if (out.length === 0 || this.#socket.destroyed) return;
    this.#out = [];
    this.#socket.write(Buffer.concat(out));
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopKeepalive();
    this.#options.onError(error);
  }

  #closed(): void {
    this.#over = true;
    this.#stopKeepalive();
    this.#options.onClose();
    for (const channel of this.#channels.values()) channel.over();
    this.#channels.clear();
  }

  #stopKeepalive(): void {
    if (this.#keepalive) clearInterval(this.#keepalive);
    this.#keepalive = null;
  }
}

/** Messages that say nothing we wait for. */
function isForms(type: number): boolean {
  return (
    type === message.serviceAccept ||
    type === message.extInfo ||
    type === message.loginBanner ||
    type === message.requestSuccess ||
    type === message.requestFailure
  );
}
