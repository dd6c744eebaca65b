import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assess } from '#plan/assess.js';
import type { NtpServer, Settings } from '#settings/settings.js';
import { chronyConf, MADE_HOSTS, server, withSettings } from '../plan/made-hosts.js';
import { type MadeHost, mainPath, makeFacts } from './make-facts.js';
import { renderPlan } from './render-plan.js';

/** One case: a made host with what differs, settings, and the golden file beside it. */
interface Case {
  readonly host: string;
  /** Replaces parts of the made host. `files` are added; `append` goes to the end of the main file. */
  readonly change?: Partial<MadeHost> & { readonly append?: string; readonly conf?: string };
  readonly settings: Omit<Partial<Settings>, 'ntpServers'> & { readonly ntpServers?: readonly Partial<NtpServer>[] };
}

const FOLDER = new URL('./cases/', import.meta.url);
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

describe('the policy gives', () => {
  it.each(NAMES)('the golden plan of %s', async (name) => {
    const given = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Case;
    const { ntpServers = [], ...settings } = given.settings;
    const servers = ntpServers.map((one) => server(one.address ?? '', one));
    const plan = assess({
      host: 'web1',
      facts: makeFacts(hostOf(given)),
      settings: withSettings({ ...settings, ntpServers: servers }),
      snapshotDigest: 'digest',
      today: '2026-11-22',
    });
    await expect(renderPlan(plan)).toMatchFileSnapshot(new URL(`${name}.golden.txt`, FOLDER).pathname);
  });
});

function hostOf({ host, change = {} }: Case): MadeHost {
  const made = MADE_HOSTS[host];
  if (made === undefined) throw new Error(`no made host ${host}`);
  const { append = '', conf, files = {}, ...rest } = change;
  const main = mainPath(made.family);
  const text = conf === undefined ? (made.files[main] ?? '') : chronyConf(conf);
  return { ...made, ...rest, files: { ...made.files, [main]: text + append, ...files } };
}
