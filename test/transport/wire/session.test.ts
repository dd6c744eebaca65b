import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { kexInit } from '#transport/wire/key-exchange.js';
import { PacketWriter } from '#transport/wire/packets.js';
import { NoCommonAlgorithm, Session } from '#transport/wire/session.js';
import { WireError, WireWriter } from '#transport/wire/wire.js';

/** Both ends of a TCP connection; what the session hears is given to it by hand. */
async function pair(): Promise<{ near: Socket; far: Socket; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const far = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect((server.address() as { port: number }).port, '127.0.0.1');
  return { near, far: await far, server };
}

describe('a session with a host that is none', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function session() {
    const { near, far, server } = await pair();
    far.resume().on('error', () => {});
    closers.push(() => {
      near.destroy();
      far.destroy();
      server.close();
    });
    const errors: Error[] = [];
    const made = new Session(near, {
      user: 'ops',
      hostKeyAlgorithms: ['ssh-ed25519'],
      trusts: () => true,
      nextKey: () => expect.fail('no login may be tried'),
      signsAtOnce: () => true,
      keepaliveMs: 10_000,
      onHandshake: () => expect.fail('there was no handshake'),
      onReady: () => expect.fail('nobody was let in'),
      onError: (error) => errors.push(error),
      onClose: () => {},
    });
    return { made, errors };
  }

  const packet = (payload: Buffer) => Buffer.concat(new PacketWriter().pack(payload));
  const ident = Buffer.from('SSH-2.0-made\r\n');

  it('takes any bytes without throwing, and says at most once that it failed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }),
        fc.boolean(),
        async (chunks, named) => {
          const { made, errors } = await session();
          if (named) made.receive(ident);
          for (const chunk of chunks) made.receive(Buffer.from(chunk));
          expect(errors.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses a login that is granted before the handshake', async () => {
    for (const type of [6, 51, 52, 91, 94]) {
      const { made, errors } = await session();
      made.receive(Buffer.concat([ident, packet(Buffer.of(type, 0, 0, 0, 0))]));
      expect(errors[0]).toBeInstanceOf(WireError);
    }
  });

  it('refuses new keys that nobody exchanged', async () => {
    const { made, errors } = await session();
    made.receive(Buffer.concat([ident, packet(kexInit(['ssh-ed25519'])), packet(Buffer.of(21))]));
    expect(errors[0]?.message).toContain('out of turn');
  });

  it('refuses an answer whose signature is wrong', async () => {
    const { made, errors } = await session();
    const key = new WireWriter(null).string('ssh-ed25519').string(Buffer.alloc(32, 9)).bytes();
    const signature = new WireWriter(null).string('ssh-ed25519').string(Buffer.alloc(64, 1)).bytes();
    const point = Buffer.from('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c', 'hex');
    const reply = new WireWriter(31).string(key).string(point).string(signature).bytes();
    made.receive(Buffer.concat([ident, packet(kexInit(['ssh-ed25519'])), packet(reply)]));
    expect(errors[0]?.message).toMatch(/signature|cannot be used/);
  });

  it('refuses a secret that the host alone decides', async () => {
    const { made, errors } = await session();
    const reply = new WireWriter(31).string('key').string(Buffer.alloc(32)).string('signature').bytes();
    made.receive(Buffer.concat([ident, packet(kexInit(['ssh-ed25519'])), packet(reply)]));
    expect(errors[0]?.message).toContain('cannot be used');
  });

  it('leaves a host that knows none of its algorithms to ssh2', async () => {
    const { made, errors } = await session();
    made.receive(Buffer.concat([ident, packet(kexInit(['ssh-dss']))]));
    expect(errors[0]).toBeInstanceOf(NoCommonAlgorithm);
  });

  it.each(['SSH-1.5-old\n', 'SSH-3.0-new\n'])('refuses the version %s', async (line) => {
    const { made, errors } = await session();
    made.receive(Buffer.from(line));
    expect(errors[0]?.message).toContain('another version');
  });

  it('reads over what a host says before its version, but not for ever', async () => {
    const { made, errors } = await session();
    made.receive(Buffer.from('Welcome\r\nto the machine\r\n'));
    expect(errors).toEqual([]);
    for (let i = 0; i < 1_100; i++) made.receive(Buffer.from('and more\n'));
    expect(errors[0]?.message).toContain('does not begin with SSH');
  });
});
