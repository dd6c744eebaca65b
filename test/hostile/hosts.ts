import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { fleet } from '#demo/fleet.js';
import { startHostServer } from '#demo/host-server.js';
import { keyAt, verifier } from '#demo/keys.js';
import { writeHost } from '#demo/write-host.js';
import { WAYS } from './ways.js';

/**
 * A process of its own that plays hosts on one port: `good`, one of the demo, which runs the real programs in FOLDER/hosts, or
 * `hostile`, where the user's name says in which way. Prints port and host key as one line of JSON, and ends with its standard input.
 */
const [kind = '', folder = ''] = process.argv.slice(2);
const key = await keyAt(join(folder, kind));
const port = await (kind === 'good' ? playGood() : playHostile());
process.stdout.write(`${JSON.stringify({ port, key: key.publicKey })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();

async function playGood(): Promise<number> {
  const host = fleet.find(({ name }) => name === 'web01');
  if (host === undefined) throw new Error('the demo has no host web01');
  const place = join(folder, 'hosts', 'web01');
  mkdirSync(place, { recursive: true });
  await writeHost(host, place);
  const clientKey = verifier(await keyAt(join(folder, 'client')));
  return (await startHostServer({ folder: place, hostKey: key.privateKey, clientKey, port: 0 })).port;
}

async function playHostile(): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [key.privateKey] }, (connection) => {
    let way = '';
    connection.on('error', () => {});
    connection.on('authentication', (context) => {
      way = context.username;
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.on('error', () => {});
        WAYS[way]?.(channel, command, connection);
      });
    });
  });
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
}
