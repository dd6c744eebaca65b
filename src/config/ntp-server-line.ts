import type { NtpServer } from '#settings/settings.js';
import { serverLine } from './server-line.js';

/** The line of ntpd for one server of the playbook; what chrony calls `trust` is `true` here. */
export function ntpServerLine(server: NtpServer, preferred = false): string {
  const line = serverLine({ ...server, trust: false }, preferred);
  return server.trust ? `${line} true` : line;
}
