import { join } from 'node:path';
import type { Host } from '#inventory/host.js';
import type { Transport } from './connection.js';
import type { FloodBounds } from './flood-watch.js';
import type { AgentDeadlines } from './key-agent.js';
import { KeyRing } from './key-ring.js';
import { KnownHostsFiles } from './known-hosts-files.js';
import { operatorHome } from './operator-home.js';
import { operatorName } from './operator-name.js';
import { PrivilegeGate } from './privilege-gate.js';
import { connectHost, type SshDeadlines } from './ssh-connect.js';

export interface SshTransportOptions {
  /** The operator's home: key files and known_hosts of the user are below it. */
  readonly home: string;
  /** The operator's name, for hosts that name no user. */
  readonly user: string;
  /** `SSH_AUTH_SOCK`; null: no agent. */
  readonly agentSocket: string | null;
  /** Read in this order; new keys are written to the first. */
  readonly knownHostsFiles: readonly string[];
  /** Trust a key that was never seen, and keep it; a changed key is refused all the same. */
  readonly acceptNewHostKeys: boolean;
  /** Asks a person for a key file's passphrase; null: nobody is there. */
  readonly askPassphrase: ((file: string) => Promise<string | null>) | null;
  readonly deadlines: SshDeadlines;
  readonly agentDeadlines?: AgentDeadlines;
  readonly floodBounds?: FloodBounds;
}

/** What OpenSSH's client would take on this machine, but with `~` as $HOME where that is set; `environment` is `process.env`. */
export function defaultSshOptions(environment: { readonly [name: string]: string | undefined }): SshTransportOptions {
  const home = operatorHome(environment);
  return {
    home,
    user: operatorName(environment),
    agentSocket: environment.SSH_AUTH_SOCK || null,
    knownHostsFiles: [
      join(home, '.ssh/known_hosts'),
      join(home, '.ssh/known_hosts2'),
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ],
    acceptNewHostKeys: false,
    askPassphrase: null,
    deadlines: defaultDeadlines,
  };
}

export const defaultDeadlines: SshDeadlines = {
  handshakeMs: 20_000,
  loginMs: 30_000,
  channelOpenMs: 15_000,
  keepaliveMs: 15_000,
  retryAfterMs: 200,
};

/** The transport over ssh2, for a whole fleet: keys, known hosts and what was learned of passwords are shared by its hosts. */
export function createSshTransport(options: SshTransportOptions): Transport {
  const knownHosts = new KnownHostsFiles(options.knownHostsFiles);
  const names = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
  const ring = new KeyRing({
    home: options.home,
    agentSocket: options.agentSocket,
    defaultKeyFiles: names.map((name) => join(options.home, '.ssh', name)),
    askPassphrase: options.askPassphrase,
    ...(options.agentDeadlines && { agentDeadlines: options.agentDeadlines }),
  });
  const gate = new PrivilegeGate();
  const { acceptNewHostKeys, deadlines, floodBounds } = options;
  const fleet = { ring, gate, knownHosts, acceptNewHostKeys, deadlines, ...(floodBounds && { floodBounds }) };
  return {
    connect: (host: Host, { signal, onRetry }) => {
      const user = host.connection.user ?? options.user;
      return connectHost({ ...fleet, host: host.name, user, onRetry }, host.connection, signal);
    },
    close: () => {
      ring.close();
      return knownHosts.flush();
    },
  };
}
