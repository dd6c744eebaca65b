import { readChronyWords } from '#config/chrony-config.js';
import { parseLine } from '#config/config-line.js';
import type { ChronyConfig } from '#config/read-chrony-config.js';
import { isServerLine } from '#config/server-line.js';
import { evidence } from '#rules/evidence.js';
import type { Settings } from '#settings/settings.js';
import { textToBytes } from '#snapshot/bytes.js';
import { editFiles, type FilesDecision, mergeReasons, ownState, wantFile } from './edit-files.js';
import type { LineOp, OwnLine } from './line-decision.js';
import type { Reason, Wanted } from './policy.js';

/**
 * Turns decisions about lines into files: our own lines go to folders that the daemon reads, else into our block in
 * the main file; foreign lines are switched off or on where they stand.
 */
export function decideFiles(
  config: ChronyConfig,
  ops: readonly LineOp[],
  own: readonly OwnLine[],
  settings: Settings,
): FilesDecision {
  const servers = own.filter((line) => isServerLine(parseLine(line.text, readChronyWords)));
  const others = own.filter((line) => !servers.includes(line));
  const block = [...(config.confdir === null ? others : []), ...(config.sourcedir === null ? servers : [])];
  const edited = editFiles(config, ops, block, settings, CHRONY_RULES);
  return {
    wanted: [
      ...ownFile(config, config.confdir, 'tsync.conf', others),
      ...ownFile(config, config.sourcedir, 'tsync.sources', servers),
      ...edited.wanted,
    ],
    refused: edited.refused,
  };
}

const CHRONY_RULES = { readable: 'chrony/readable', owned: 'chrony/owned-elsewhere' } as const;

function ownFile(config: ChronyConfig, folder: string | null, name: string, lines: readonly OwnLine[]): Wanted[] {
  if (folder === null) return [];
  const path = `${folder}/${name}`;
  const there = config.files.find((file) => file.path === path);
  if (lines.length === 0) {
    return there === undefined
      ? []
      : [wantFile(path, null, [{ rule: 'sources/foreign-servers', evidence: [evidence(path, 'not needed')] }])];
  }
  const text = [HEADER, ...lines.map((line) => line.text), ''].join('\n');
  const reasons = lines.map(
    (line): Reason => ({ rule: line.rule, evidence: [evidence(path, `wanted: ${line.text}`)] }),
  );
  return [wantFile(path, ownState(textToBytes(text)), mergeReasons(reasons))];
}

const HEADER = '# Made by tsync, which writes it anew with each change.';
