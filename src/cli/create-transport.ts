import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createSshTransport } from '#transport/ssh-transport.js';
import type { Transport } from '#transport/connection.js';
import type { FleetOptions } from './options.js';
import { ask } from './read-secret.js';

/** The SSH transport with what the command line and the operator's home say. */
export function createTransport(options: FleetOptions): Transport {
  const ssh = join(homedir(), '.ssh');
  return createSshTransport({
    knownHostsFiles: options.knownHosts ?? [join(ssh, 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
    hostKeyPolicy: options.acceptNew ? 'accept-new' : 'strict',
    defaultUser: userInfo().username,
    agentSocket: process.env.SSH_AUTH_SOCK || null,
    identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(ssh, name)),
    askPassphrase: process.stdin.isTTY ? (file) => ask(`passphrase of ${file}: `) : null,
  });
}
