import { collectSnapshot } from '#conversation/collect-snapshot.js';
import { HostTrouble } from '#errors/host-trouble.js';
import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import { indexSections } from '#facts/sections.js';
import type { Host } from '#inventory/host.js';
import { type RecordedChange, readRecord } from '#transaction/image-record.js';
import { imageUndoProgram } from '#transaction/image-undo.js';
import type { EngineDeps } from './deps.js';
import { answerOf, type SettleDialog } from './settle-dialog.js';
import { talk } from './talk.js';

const SILENCE_MS = 90_000;
const TOTAL_MS = 300_000;

/**
 * Takes back what lies open in an image tree and was somebody else's work, by what the tree says of it as data. Gives `reverted`, or
 * why not. Rejects with `HostTrouble` where that cannot be read strictly: then nothing is touched.
 */
export async function takeBackInImage(
  dialog: SettleDialog,
  host: Host,
  transaction: string,
  deps: EngineDeps,
): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,200}$/.test(transaction))
    throw unreadable(transaction, 'its name is none of tsync');
  const frames = await dialog.request(`record ${transaction}`);
  const answer = answerOf(frames, 'record');
  if (answer !== 'told') throw unreadable(transaction, `the tree answered: ${answer || 'nothing'}`);
  const text = indexSections(collectSnapshot([...frames, { type: 'done' }], null)).whole('record', 'what was changed');
  const changes = text.value === null ? text : readRecord(text.value);
  if (changes.value === null) throw unreadable(transaction, changes.reason);
  return undoInImage(host, transaction, changes.value, deps);
}

/** Takes back `changes`, as far as the journal in the tree says that they were begun. Gives `reverted`, or how it ended. */
export async function undoInImage(
  host: Host,
  transaction: string,
  changes: readonly RecordedChange[],
  deps: EngineDeps,
): Promise<string> {
  const { programs, run, who, version, clock } = deps;
  const startedAt = new Date(clock.nowSeconds() * 1000).toISOString();
  let last = '';
  await talk(host, deps, {
    program: imageUndoProgram(programs.texts, host.name, changes, { transaction, run, who, version, startedAt }),
    kind: 'apply',
    asRoot: true,
    parameters: [`transaction=${transaction}`],
    clock: null,
    silenceMs: SILENCE_MS,
    totalMs: TOTAL_MS,
    onFrame: (frame) => {
      if (frame.type === 'step' && frame.id === 'transaction') last = printable(frame.state);
    },
  });
  return last;
}

function unreadable(transaction: string, why: string): HostTrouble {
  const detail = `What transaction ${printable(transaction)} changed in this tree is not known: ${printable(why)}. Nothing was touched.`;
  return new HostTrouble(problem('apply/image-record', detail));
}
