import { quoted } from '#conversation/shell-words.js';
import { type TransactionMeta, transactionMeta } from '#transaction/apply-program.js';
import type { ProgramTexts } from '#transaction/verify-program.js';
import type { PackagePlan, PackageRequest } from './package-plan.js';

/** What a package program does. `preview` only asks; `make` takes the lock, and waits with its work for the word. */
export interface PackageWork {
  readonly host: string;
  readonly planDigest: string;
  readonly plan: PackagePlan;
  readonly goal: 'preview' | 'make';
  /** Holds a fresh daemon back until its configuration is there. */
  readonly hold: boolean;
  /** In an undo: the work that is taken back; null: none. */
  readonly of: string | null;
}

/** The program that asks a host's package manager, and lets it install. Throws for a name or version that is none. */
export function packageProgram(
  texts: Pick<ProgramTexts, 'conversation' | 'transaction' | 'package'>,
  work: PackageWork,
  meta: TransactionMeta,
): Uint8Array {
  const library = [texts.conversation, texts.transaction, texts.package].join('\n');
  return new TextEncoder().encode(
    `${library}\n${transactionMeta(work, meta)}${packageData(work)}tsync_packages "$@"\n`,
  );
}

function packageData({ plan, goal, hold, of }: PackageWork): string {
  const install = plan.requests.filter(({ action }) => action === 'install').map(checked);
  const remove = plan.requests.filter(({ action }) => action === 'remove').map(checked);
  const exact = (mark: string) =>
    install.map(({ name, version }) => (version === null ? name : `${name}${mark}${version}`));
  const gone = (words: readonly string[]) => words.join(' ');
  const values = {
    manager: plan.manager,
    goal,
    hold: hold ? 'yes' : 'no',
    finish: plan.unfinished.length > 0 ? 'yes' : 'no',
    of: of ?? '',
    install_names: gone(install.map(({ name }) => name)),
    apt_words: gone([...exact('='), ...(plan.manager === 'apt' ? remove.map(({ name }) => `${name}-`) : [])]),
    apk_words: gone(exact('=')),
    rpm_words: gone(exact('-')),
    zypper_words: gone([...exact('='), ...remove.map(({ name }) => `-${name}`)]),
    remove_words: gone(remove.map(({ name }) => name)),
  };
  const lines = Object.entries(values).map(([name, value]) => `  ${name}=${quoted(value)}\n`);
  return `package_data() {\n${lines.join('')}}\n\n`;
}

/** Names and versions become words of a command line without quotes: nothing else may be in them. */
function checked(request: PackageRequest): PackageRequest {
  const { name, version } = request;
  if (!NAME.test(name) || (version !== null && !VERSION.test(version)))
    throw new Error(`no package: ${name} ${version ?? ''}`);
  return request;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,120}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9+.:~^_-]{0,120}$/;

/** Whether a name and version that a host told may be asked of it again. */
export function isPackageName(name: string, version: string | null): boolean {
  return NAME.test(name) && (version === null || VERSION.test(version));
}
