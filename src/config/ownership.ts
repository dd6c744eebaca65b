import { bytesToText } from '#snapshot/bytes.js';

/** The comment line by which another tool says that it writes this file, or null. */
export function findOwnerMark(bytes: Uint8Array): string | null {
  return COMMENT_WITH_MARK.exec(bytesToText(bytes))?.[0].trim() ?? null;
}

/** Markers of Ansible, Puppet, Chef, Salt, cloud-init, dhclient, OpenShift's Machine Configuration, and `managed by` anything. */
const COMMENT_WITH_MARK =
  /^[ \t]*[#!;%](?!tsync# ).*(?:ansible managed|ansible_managed|system_role:|puppet|\bchef\b|cloud-init|dhclient|machine configuration|managed by|automatically generated|do not edit).*$/im;
