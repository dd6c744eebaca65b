import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { talk } from '#engine/talk.js';
import { parseInventory } from '#inventory/parse-inventory.js';
import { resolveSettings } from '#playbook/resolve-settings.js';
import type { Event } from '#run/event.js';
import { openRun } from '../../src/cli/open-run.js';
import { hostAt, makeKey, startBytes, startSshHost } from '../transport/ssh-host.js';

const inventory = parseInventory('all: {hosts: {web1: {}}}', 'inventory.yaml');
const tasks = [...inventory.hosts.values()].map((host) => ({
  host,
  settings: resolveSettings(host, inventory, null, null)!,
}));

describe('openRun', () => {
  it('tells a listener of every event, the start of the run first', async () => {
    const run = await openRun({ kind: 'audit', tasks, inventory: 'inventory.yaml', store: false }, { forks: 1 });
    const heard: Event[] = [];
    run.subscribe((event) => heard.push(event));
    run.deps.emit({ type: 'host-connecting', host: 'web1' });
    await run.finish({ failOn: 'never', maxUnreachable: 0 });
    expect(heard.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 run-started',
      '2 host-connecting',
      '3 run-finished',
    ]);
    expect(heard[0]).toMatchObject({ kind: 'audit', run: run.run, hosts: ['web1'] });
  });

  it('says why a connection is tried once more, and goes on over the second', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsync-open-run-'));
    const userKey = makeKey();
    await writeFile(join(folder, 'key'), userKey.privateKey, { mode: 0o600 });
    const server = await startSshHost({ userKey: userKey.publicBlob });
    let connections = 0;
    const busy = await startBytes((socket) => {
      connections += 1;
      if (connections === 1) {
        socket.end();
        return;
      }
      const onward = connect(server.port, '127.0.0.1').on('error', () => socket.destroy());
      socket
        .on('close', () => onward.destroy())
        .pipe(onward)
        .pipe(socket);
    });
    const hostKeys = [`ssh-ed25519 ${server.hostKey.toString('base64')}`];
    const host = hostAt(busy.port, { hostKeys, privateKeyFiles: [join(folder, 'key')] });
    const [task] = tasks;
    const request = { kind: 'audit', tasks: [{ ...task!, host }], inventory: 'inventory.yaml', store: false } as const;
    const run = await openRun(request, { forks: 1, knownHosts: [] });
    const heard: Event[] = [];
    run.subscribe((event) => heard.push(event));
    const { end } = await talk(host, run.deps, {
      program: new TextEncoder().encode('exit 0'),
      kind: 'probe',
      asRoot: false,
      parameters: [],
      clock: null,
      silenceMs: 5_000,
      totalMs: 10_000,
      onFrame: () => {},
    });
    await run.finish({ failOn: 'never', maxUnreachable: 0 });
    busy.close();
    await server.close();
    await rm(folder, { recursive: true });
    expect(end).toBe('cut');
    expect(connections).toBe(2);
    expect(heard.filter(({ type }) => type === 'host-retrying')).toMatchObject([
      { host: 'web01', problem: { code: 'transport/closed-early' } },
    ]);
  });
});
