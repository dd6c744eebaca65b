import type { Transport } from './connection.js';
import { localTransport } from './local-transport.js';
import { createSshTransport, type SshTransportOptions } from './ssh-transport.js';

/** The way to every host of a fleet: each host's `connection.transport` chooses between SSH and this machine. */
export function createTransport(options: SshTransportOptions): Transport {
  const transports = { ssh: createSshTransport(options), local: localTransport };
  return {
    connect: (host, how) => transports[host.connection.transport].connect(host, how),
    close: () => transports.ssh.close(),
  };
}
