import { serverLine } from './server-line.js';
import type { NtpServer } from './settings.js';

/** The line of ntpd for one server of the playbook; what chrony calls `trust` is `true` here. */
export function ntpServerLine(server: NtpServer, preferred = false): string {
  const line = serverLine({ ...server, trust: false }, preferred);
  return server.trust ? `${line} true` : line;
}
