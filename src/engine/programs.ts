import { readFileSync } from 'node:fs';
import { PROBE_FILES, probeProgram } from '#probe/probe-program.js';
import { KIND_NAMES } from '#resources/kinds.js';
import { type ProgramTexts, TRANSACTION_FILES, verifyProgram } from '#transaction/verify-program.js';

/** The programs that run on hosts, composed once from the shell files beside their parsers. */
export interface Programs {
  readonly probe: Uint8Array;
  readonly settle: Uint8Array;
  /** What an apply program is made of, with each host's changes. */
  readonly texts: ProgramTexts;
}

/** Reads the shell files that the build puts beside the compiled code. */
export function loadPrograms(): Programs {
  // What is said to shellcheck means nothing to a host.
  const text = (path: string) =>
    readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replace(/^ *# shellcheck .*\n/gm, '');
  const texts: ProgramTexts = {
    conversation: text('conversation/conversation.sh'),
    probe: PROBE_FILES.map((name) => text(`probe/${name}.sh`)).join(''),
    transaction: TRANSACTION_FILES.map((name) => text(`transaction/${name}.sh`)).join(''),
    kinds: KIND_NAMES.map((kind) => text(`resources/${kind}/${kind}.sh`)).join('\n'),
    package: text('packages/package.sh'),
  };
  return { probe: probeProgram(texts), settle: verifyProgram(texts), texts };
}
