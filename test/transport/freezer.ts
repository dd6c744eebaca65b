import { connect, createServer, type Socket } from 'node:net';

/** A proxy that can stop in the middle, as a frozen machine behind a live kernel does. */
export interface Freezer {
  readonly port: number;
  /** From now on everything is acknowledged, and nothing forwarded: no byte, no end, no close. */
  freeze(): void;
  close(): void;
}

/** `hidesEnd`: all bytes pass, and the end of none of the two sides ever does. */
export async function startFreezer(
  target: number,
  { frozen = false, hidesEnd = false }: { readonly frozen?: boolean; readonly hidesEnd?: boolean } = {},
): Promise<Freezer> {
  let isFrozen = frozen;
  const sockets = new Set<Socket>();
  const forward = (from: Socket, to: Socket) => {
    from.on('error', () => {});
    from.on('data', (chunk) => {
      if (!isFrozen && to.writable) to.write(chunk);
    });
    from.on('end', () => {
      if (!isFrozen && !hidesEnd) to.end();
    });
    from.on('close', () => {
      if (!isFrozen && !hidesEnd) to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, host]) sockets.add(socket);
    forward(client, host);
    forward(host, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    freeze: () => {
      isFrozen = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
