import type { Channel, Client, ParsedKey } from 'ssh2';

/**
 * What ssh2 does in more turnarounds than the protocol needs, done in fewer. It reaches into ssh2 1.17's own objects (none of
 * this is in its interface), so the version is pinned and test/transport/fewer-turnarounds.test.ts fails when they change.
 * Why, and what was measured: docs/decisions/fewer-turnarounds.md.
 */

/** How the key that is being tried signs, and whether it does so without asking the host first. */
export interface SignatureFor {
  readonly atOnce: boolean;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer> | Buffer;
}

type GotSignature = (signature: Buffer) => void;

interface Protocol {
  service(name: string): void;
  authPK(user: string, key: ParsedKey, algorithm?: string, sign?: (data: Buffer, got: GotSignature) => void): void;
  exec(channel: number, command: string, wantReply: boolean): void;
  readonly _handlers: {
    SERVICE_ACCEPT: (protocol: Protocol, name: string) => void;
    GLOBAL_REQUEST: (protocol: Protocol, name: string, wantReply: boolean, data: Buffer) => void;
    USERAUTH_FAILURE: (protocol: Protocol, methods: readonly string[] | null, partial: boolean) => void;
  };
}

interface Internals {
  readonly _protocol: Protocol;
  readonly _chanMgr: {
    readonly _channels: { readonly [id: string]: Channel & { readonly outgoing?: { readonly id: number } } };
  };
}

/**
 * Sends the first authentication together with the request for the service, instead of after its answer (RFC 4253, 10: the
 * service that was asked for may be used at once), and the signed request without a query whether the key would do
 * (RFC 4252, 7, allows both). RSA signs with SHA-2 always; only `legacy` leaves the choice, and so SHA-1, to ssh2.
 *
 * To be called right after `client.connect()`.
 */
export function authenticateInOneTurn(client: Client, legacy: boolean, current: () => SignatureFor | null): void {
  const protocol = (client as unknown as Internals)._protocol;
  const handlers = protocol._handlers;
  const begin = handlers.SERVICE_ACCEPT;
  const service = protocol.service.bind(protocol);
  const authPK = protocol.authPK.bind(protocol);

  protocol.service = (name) => {
    service(name);
    handlers.SERVICE_ACCEPT = () => {};
    begin(protocol, name);
  };
  protocol.authPK = (user, key, proposed, signing) => {
    const signer = current();
    const algorithm = key.type === 'ssh-rsa' && !(legacy && proposed) ? 'rsa-sha2-256' : proposed;
    if (signer === null || !(signer.atOnce || signing)) return authPK(user, key, algorithm);
    authPK(user, key, algorithm, (data, got) => {
      // As if the host had refused the key: the next one is tried.
      const giveUp = () => handlers.USERAUTH_FAILURE(protocol, null, false);
      withSignature(signer, data, hashOf(algorithm), got, giveUp);
    });
  };
}

/**
 * Leaves the list of further host keys that OpenSSH sends after the login unanswered. ssh2 would have each of them proved, with
 * a signature to verify for every key, and nobody here listens for the result. To be called right after `client.connect()`.
 */
export function ignoreFurtherHostKeys(client: Client): void {
  const handlers = (client as unknown as Internals)._protocol._handlers;
  const answer = handlers.GLOBAL_REQUEST;
  handlers.GLOBAL_REQUEST = (protocol, name, wantReply, data) => {
    if (name !== 'hostkeys-00@openssh.com' || wantReply) answer(protocol, name, wantReply, data);
  };
}

/** Runs a command: `sent` gets its channel as soon as the request is out, `answered` the host's refusal, if it comes. */
export type ExecAtOnce = (
  command: string,
  sent: (channel: Channel) => void,
  answered: (error: Error | undefined) => void,
) => void;

/** Gives out a channel when the request to run a command was sent, not when it was answered: the program can follow at once. */
export function execInOneTurn(client: Client): ExecAtOnce {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const exec = protocol.exec.bind(protocol);
  const waiting: { readonly command: string; readonly sent: (channel: Channel) => void }[] = [];

  protocol.exec = (id, command, wantReply) => {
    exec(id, command, wantReply);
    const channel = Object.values(channels._channels).find((candidate) => candidate.outgoing?.id === id);
    const index = waiting.findIndex((request) => request.command === command);
    if (channel && index >= 0) waiting.splice(index, 1)[0]?.sent(channel);
  };
  return (command, sent, answered) => {
    waiting.push({ command, sent });
    client.exec(command, (error) => answered(error));
  };
}

function withSignature(
  signer: SignatureFor,
  data: Buffer,
  hash: string | undefined,
  got: GotSignature,
  giveUp: () => void,
): void {
  let signature: Promise<Buffer> | Buffer;
  try {
    signature = signer.sign(data, hash);
  } catch {
    giveUp();
    return;
  }
  if (Buffer.isBuffer(signature)) got(signature);
  else signature.then(got, giveUp).catch(() => {}); // the connection is gone by now, and its end was reported
}

function hashOf(algorithm: string | undefined): string | undefined {
  if (algorithm === 'ssh-rsa') return 'sha1';
  if (algorithm === 'rsa-sha2-256') return 'sha256';
  return algorithm === 'rsa-sha2-512' ? 'sha512' : undefined;
}
