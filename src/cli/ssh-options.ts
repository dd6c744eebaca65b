import { defaultSshOptions, type SshTransportOptions } from '#transport/ssh-transport.js';
import type { FleetOptions } from './options.js';
import { ask } from './read-secret.js';

/** How hosts are reached over SSH: what the command line says, over what the operator's home says. */
export function sshOptions({ knownHosts, acceptNew }: FleetOptions): SshTransportOptions {
  const defaults = defaultSshOptions(process.env);
  return {
    ...defaults,
    knownHostsFiles: knownHosts ?? defaults.knownHostsFiles,
    acceptNewHostKeys: acceptNew === true,
    askPassphrase: process.stdin.isTTY ? (file) => ask(`passphrase of ${file}: `) : null,
  };
}
