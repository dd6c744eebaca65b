// Counts the network turnarounds of one connection: how often the direction changes, seen through a relay that delays both ways.
import { connect, createServer } from 'node:net';

const ONE_WAY_MS = 25;

/**
 * Relays one connection at a time to 127.0.0.1:`port` with a delay, and counts changes of direction after the TCP connect.
 * @returns {Promise<{port: number, take: () => number, stop: () => void}>} `take` gives the count so far and starts again at 0.
 */
export async function startRelay(port) {
  let last = null;
  let changes = 0;
  const seen = (direction) => {
    if (last !== null && last !== direction) changes++;
    last = direction;
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    pipe(client, upstream, () => seen('to-host'));
    pipe(upstream, client, () => seen('to-client'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    take() {
      const count = changes;
      changes = 0;
      last = null;
      return count;
    },
    stop: () => server.close(),
  };
}

// What arrives within a delay of the other direction is in flight at the same time: counted when it is delivered.
function pipe(from, to, delivered) {
  from.on('data', (chunk) =>
    setTimeout(() => {
      delivered();
      if (to.writable) to.write(chunk);
    }, ONE_WAY_MS),
  );
  from.on('end', () => setTimeout(() => to.end(), ONE_WAY_MS));
  for (const socket of [from, to]) socket.on('error', () => {
    from.destroy();
    to.destroy();
  });
}
