import type { Transport } from '#transport/connection.js';
import { createSshTransport, defaultSshOptions } from '#transport/ssh-transport.js';
import type { FleetOptions } from './options.js';
import { ask } from './read-secret.js';

/** The SSH transport with what the command line and the operator's home say. */
export function createTransport(options: FleetOptions): Transport {
  const defaults = defaultSshOptions(process.env);
  return createSshTransport({
    ...defaults,
    knownHostsFiles: options.knownHosts ?? defaults.knownHostsFiles,
    acceptNewHostKeys: options.acceptNew === true,
    askPassphrase: process.stdin.isTTY ? (file) => ask(`passphrase of ${file}: `) : null,
  });
}
