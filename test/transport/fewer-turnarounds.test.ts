import ssh2, { type Channel, type Client } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { authenticateInOneTurn, execInOneTurn, ignoreFurtherHostKeys } from '#transport/fewer-turnarounds.js';
import { parseSigningKey } from '#transport/signing-key.js';
import { makeKey, startSshHost } from './ssh-host.js';

/** What src/transport/fewer-turnarounds.ts uses of ssh2 and nothing promises: this fails when ssh2 changes it. */
describe('fewer turnarounds with ssh2', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function connected(methods: string[], atOnce: boolean): Promise<Client> {
    const pair = makeKey();
    const parsed = parseSigningKey(pair.privateKey, 'key', null);
    if (parsed.status !== 'key') throw new Error(parsed.status);
    const host = await startSshHost({ userKey: pair.publicBlob });
    const client = new ssh2.Client();
    closers.push(
      () => host.close(),
      () => client.destroy(),
    );
    client.on('error', () => {});
    const sent: string[] = [];
    client.connect({
      port: host.port,
      host: '127.0.0.1',
      username: 'ops',
      authHandler: [{ type: 'publickey', username: 'ops', key: parsed.key.key as never } as never],
      debug: (line) => {
        const name = /^(Outbound: Sending|Inbound: Received) ([A-Z_]+( \(publickey[^)]*\))?)/.exec(line);
        if (name?.[2] && /SERVICE|USERAUTH/.test(name[2]))
          sent.push(`${line.startsWith('Out') ? '>' : '<'} ${name[2]}`);
      },
    });
    authenticateInOneTurn(client, false, () => ({ atOnce, sign: (data, hash) => parsed.key.sign(data, hash) }));
    ignoreFurtherHostKeys(client);
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      client.once('error', reject);
    });
    methods.push(...sent);
    return client;
  }

  it('asks for the service and logs in with a signature in one flight', async () => {
    const packets: string[] = [];
    await connected(packets, true);
    expect(packets).toEqual([
      '> SERVICE_REQUEST',
      '> USERAUTH_REQUEST (publickey)',
      '< SERVICE_ACCEPT',
      '< USERAUTH_SUCCESS',
    ]);
  });

  it('asks first whether a key would do when its owner may be asked for every signature', async () => {
    const packets: string[] = [];
    await connected(packets, false);
    expect(packets.filter((packet) => packet.startsWith('>'))).toEqual([
      '> SERVICE_REQUEST',
      '> USERAUTH_REQUEST (publickey -- check)',
      '> USERAUTH_REQUEST (publickey)',
    ]);
  });

  it('gives out the channel before the host has agreed to run the command', async () => {
    const client = await connected([], true);
    const order: string[] = [];
    const exec = execInOneTurn(client);
    await new Promise<Channel>((resolve) => {
      exec(
        'cat',
        (channel) => {
          order.push('sent');
          channel.end('x');
          channel.on('data', () => resolve(channel));
        },
        () => order.push('answered'),
      );
    });
    expect(order).toEqual(['sent', 'answered']);
  });
});
