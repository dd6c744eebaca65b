import type { Transport } from '#transport/connection.js';
import { localTransport } from '#transport/local-transport.js';
import { createSshTransport, defaultSshOptions } from '#transport/ssh-transport.js';
import type { FleetOptions } from './options.js';
import { ask } from './read-secret.js';

/** The SSH transport with what the command line and the operator's home say. */
export function createTransport(options: FleetOptions): Transport {
  const defaults = defaultSshOptions(process.env);
  const ssh = createSshTransport({
    ...defaults,
    knownHostsFiles: options.knownHosts ?? defaults.knownHostsFiles,
    acceptNewHostKeys: options.acceptNew === true,
    askPassphrase: process.stdin.isTTY ? (file) => ask(`passphrase of ${file}: `) : null,
  });
  return {
    connect: (host, signal, onRetry) =>
      host.connection.transport === 'local' ? localTransport.connect(host, signal) : ssh.connect(host, signal, onRetry),
    close: () => ssh.close(),
  };
}
