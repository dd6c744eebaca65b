import { readFileSync } from 'node:fs';
import { type ProgramTexts, settleProgram } from '#resources/settle-program.js';
import { probeProgram } from '#snapshot/probe-program.js';

/** The programs that run on hosts, composed once from the shell files beside their parsers. */
export interface Programs {
  readonly probe: Uint8Array;
  readonly settle: Uint8Array;
  /** What an apply program is made of, with each host's changes. */
  readonly texts: ProgramTexts;
}

/** Reads the shell files that the build puts beside the compiled code. */
export function loadPrograms(): Programs {
  const text = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const texts: ProgramTexts = {
    conversation: text('snapshot/conversation.sh'),
    probe: text('snapshot/probe.sh'),
    transaction: text('resources/transaction.sh'),
    bootHook: text('resources/boot-hook.sh'),
    file: text('resources/file/file.sh'),
    service: text('resources/service/service.sh'),
    moduleParameter: text('resources/module-parameter/module-parameter.sh'),
    package: text('resources/package/package.sh'),
  };
  return { probe: probeProgram(texts), settle: settleProgram(texts), texts };
}
