import type { Client as SshClient } from 'ssh2';
import agents from 'ssh2/lib/agent.js';
import Client from 'ssh2/lib/client.js';
import keys from 'ssh2/lib/protocol/keyParser.js';

/**
 * What is used of ssh2, without its index: that would load its agents for HTTP too, and with them Node's TLS, which costs 15 ms
 * at every start and reads the certificates of `NODE_EXTRA_CA_CERTS`.
 */
export const { createAgent } = agents;
export const { parseKey } = keys;

/** An unconnected client. */
export function newClient(): SshClient {
  return new Client();
}
