import { historyText } from '#report/history-text.js';
import { countOf } from '#report/host-names.js';
import { expired } from '#run/retention.js';
import { openStore } from '#store/open-store.js';
import { storeFolder } from '#store/store-folder.js';
import { operatorHome } from '#transport/operator-home.js';
import { isCleaningAgreed } from './is-cleaning-agreed.js';
import { formatOf, type OutputOptions } from './options.js';
import { isText, lookOf, print } from './output.js';

type Options = OutputOptions & { readonly keep?: number; readonly olderThan?: number; readonly yes?: boolean };

/** `tsync clean --store`: forgets old runs that are kept on this machine. Gives the exit code. */
export async function cleanStore(options: Options): Promise<number> {
  const store = openStore(storeFolder(process.env, operatorHome(process.env)));
  try {
    // A run that was cut off, or that lost sight of a guard, is still needed: resume, rollback.
    const ended = store.runs().filter(({ end }) => end.state === 'finished' && end.exitCode !== 6);
    const retention = { keep: options.keep ?? KEPT_IN_STORE, olderThanSeconds: options.olderThan ?? null };
    const gone = expired(ended, retention, Date.now() / 1000);
    if (gone.length === 0) return say(options, 'Nothing to clean away.\n', [], 0);
    const what = `forget ${countOf(gone.length, 'run')}; they cannot be rolled back any more`;
    const agreed = await isCleaningAgreed(historyText(gone, lookOf(process.stdout)), what, options);
    if (agreed) store.forget(gone.map(({ run }) => run));
    const text = `${agreed ? 'Forgotten' : 'Kept'}: ${countOf(gone.length, 'run')}.\n`;
    return say(options, text, agreed ? gone : [], agreed ? 0 : 2);
  } finally {
    store.close();
  }
}

function say(options: Options, text: string, forgotten: readonly { readonly run: string }[], code: number): number {
  const document = { schemaVersion: 1, forgotten: forgotten.map(({ run }) => run) };
  print(isText(options) ? text : JSON.stringify(document, null, formatOf(options) === 'jsonl' ? 0 : 2));
  return code;
}

/** So many stay unless --keep says otherwise. */
const KEPT_IN_STORE = 50;
