import { findOwnerMark } from '#config/ownership.js';
import type { Facts, FileFacts } from '#facts/facts.js';
import type { ChronyHost } from '#platforms/chrony-host.js';
import { evidence } from '#rules/evidence.js';
import { bytesToText, textToBytes } from '#snapshot/bytes.js';
import { ownState, wantFile } from './edit-files.js';
import type { Reason, Wanted } from './policy.js';
import { dropIn, dropInPath, REFCLOCK_SCRIPT_PATH } from './refclock.js';

/** The file that Debian's script for chrony sources on each of its verbs. */
const DEFAULTS = '/etc/default/chrony';

/** Why nothing of ours can run before each start of chronyd on this host, in a full sentence; null where it can. */
export function whyNoStartHook(facts: Facts, host: ChronyHost): string | null {
  if (host.init.kind === 'systemd') return null;
  const script = facts.files.get(`/etc/init.d/${host.unit}`);
  const defaults = facts.files.get(DEFAULTS);
  const isRead = script?.state === 'present' && bytesToText(script.bytes).includes(DEFAULTS);
  if (isRead && (defaults?.state === 'absent' || (defaults !== undefined && isOursToEdit(defaults)))) return null;
  return `Under ${host.init.kind} nothing can put a refclock in at each start of chronyd only if its clock is there, and it is not put in by a bare line.`;
}

function isOursToEdit(file: FileFacts): boolean {
  if (file.state !== 'present' || file.truncated || file.resolvedTo !== null) return false;
  return !file.bytes.includes(0) && findOwnerMark(file.bytes) === null;
}

/** What runs our script before each start of chronyd: a drop-in of systemd, lines in the file that its script sources. */
export function wantStartHook(facts: Facts, host: ChronyHost, reasons: readonly Reason[]): Wanted[] {
  if (host.init.kind === 'systemd') return [wantFile(dropInPath(host), ownState(dropIn(host.init.version)), reasons)];
  const there = facts.files.get(DEFAULTS);
  if (there?.state !== 'present') return [wantFile(DEFAULTS, ownState(textToBytes(HOOK)), reasons)];
  const text = bytesToText(there.bytes);
  const rest = withoutHook(text);
  const wanted = text.includes(HOOK) ? text : `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${HOOK}`;
  return [editedDefaults(there, wanted, reasons)];
}

/** Its removal, where it is there. */
export function dropStartHook(facts: Facts, host: ChronyHost): Wanted[] {
  const path = host.init.kind === 'systemd' ? dropInPath(host) : DEFAULTS;
  const there = facts.files.get(path);
  const reasons: Reason[] = [{ rule: 'phc/unwanted', evidence: [evidence(path, 'made by tsync')] }];
  if (there?.state !== 'present') return [];
  if (host.init.kind === 'systemd') return [wantFile(path, null, reasons)];
  const rest = withoutHook(bytesToText(there.bytes));
  if (rest.length === there.bytes.length) return [];
  return rest === '' ? [wantFile(path, null, reasons)] : [editedDefaults(there, rest, reasons)];
}

function editedDefaults(
  { mode, owner, group }: Extract<FileFacts, { readonly state: 'present' }>,
  text: string,
  reasons: readonly Reason[],
): Wanted {
  return wantFile(DEFAULTS, { bytes: textToBytes(text), mode, owner, group, truncated: false }, reasons);
}

const HOOK = `# BEGIN tsync
# Puts the PTP clock of the host into chronyd's configuration at each start, if it is there.
case \${1:-} in start) /bin/sh ${REFCLOCK_SCRIPT_PATH} ;; esac
# END tsync
`;
const [HOOK_BEGIN, HOOK_END] = ['# BEGIN tsync\n', '# END tsync\n'];

/** From the first line that begins it to the first that ends it; a beginning without an end is no hook. */
function withoutHook(text: string): string {
  const begin = lineAt(text, HOOK_BEGIN, 0);
  const end = begin < 0 ? -1 : lineAt(text, HOOK_END, begin);
  return end < 0 ? text : text.slice(0, begin) + text.slice(end + HOOK_END.length);
}

function lineAt(text: string, line: string, from: number): number {
  return `\n${text}`.indexOf(`\n${line}`, from);
}
