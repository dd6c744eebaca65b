import { connect, createServer } from 'node:net';

/**
 * A TCP relay on loopback that delays every byte by `delayMs` each way and counts how often the direction of the traffic turns:
 * what a connection costs on a long line, whatever the machine is busy with.
 *
 * @param {{ port: number, address?: string, delayMs: number }} target
 */
export async function startRelay({ port, address = '127.0.0.1', delayMs }) {
  const relay = { port: 0, turns: 0, bytes: 0, reset, close };
  const sockets = new Set();
  let last = '';
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: address, noDelay: true, allowHalfOpen: true });
    pass(near, far, 'up');
    pass(far, near, 'down');
  });

  function pass(from, to, direction) {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
    from.on('data', (chunk) => {
      setTimeout(() => {
        if (to.destroyed) return;
        if (last !== direction) relay.turns += 1;
        last = direction;
        relay.bytes += chunk.length;
        to.write(chunk);
      }, delayMs);
    });
    from.on('end', () => setTimeout(() => to.end(), delayMs));
  }

  function reset() {
    relay.turns = 0;
    relay.bytes = 0;
    last = '';
  }

  function close() {
    for (const socket of sockets) socket.destroy();
    server.close();
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay.port = server.address().port;
  return relay;
}
