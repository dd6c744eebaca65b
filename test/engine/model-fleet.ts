import { vi } from 'vitest';
import type { EngineDeps } from '#engine/deps.js';
import type { HostTask } from '#engine/host-task.js';
import { Pace } from '#engine/pace.js';
import type { Facts } from '#facts/facts.js';
import { foldKeyOf, planDigestOf } from '#plan/digests.js';
import type { HostPlan } from '#plan/plan.js';
import type { Change, States } from '#resources/resource.js';
import { DEFAULT_SETTINGS, type Settings } from '#settings/settings.js';
import { PrivilegeGate } from '#transport/privilege-gate.js';
import { TEXTS } from '../transaction/fake-host.js';
import type { ModelHost } from './model-host.js';

// The engine over model hosts: deps that reach nothing else, and plans for the one file that such a host keeps.

/** Lets the timers run until the promise is settled. */
export async function inItsTime<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  const watched = work.finally(() => {
    settled = true;
  });
  while (!settled) await vi.advanceTimersByTimeAsync(250);
  return watched;
}

export function depsWith(hosts: ReadonlyMap<string, ModelHost>, run: string, emit: EngineDeps['emit']): EngineDeps {
  const encode = (text: string) => new TextEncoder().encode(text);
  const started = Date.now();
  let nonces = 0;
  return {
    transport: {
      connect: (host) => (hosts.get(host.name) as ModelHost).connect(),
      close: async () => {},
    },
    privilege: new PrivilegeGate(),
    programs: { probe: encode('tsync_probe "$@"\n'), settle: encode('\ntsync_settle "$@"\n'), texts: TEXTS },
    emit,
    clock: {
      nowSeconds: () => Date.now() / 1000,
      monotonicMs: () => Date.now() - started,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    forks: 25,
    pace: new Pace(),
    turn: () => Promise.resolve(),
    newNonce: () => (++nonces).toString(16).padStart(32, '0'),
    today: '2026-11-22',
    finishSignal: new AbortController().signal,
    leaveSignal: new AbortController().signal,
    loginName: 'root',
    run,
    who: 'test',
    version: '0',
  };
}

export function taskOf(name: string, rollout: Settings['rollout']): HostTask {
  const connection = {
    transport: 'ssh',
    image: null,
    address: name,
    port: 22,
    user: 'root',
    privateKeyFiles: [],
    password: null,
    become: false,
    becomeMethod: 'sudo',
    becomeUser: 'root',
    becomePassword: null,
    hostKeys: [],
    legacy: false,
    connectTimeoutMs: 10_000,
  } as const;
  return {
    host: { name, groups: ['all'], vars: {}, connection, settings: [] },
    settings: { settings: { ...DEFAULT_SETTINGS, rollout }, origins: {} },
  };
}

/** The plan that makes the file of a model host `after`. */
export function planFor(host: string, facts: Facts): HostPlan {
  const [before, wanted] = [stateIn(facts, '/etc/model'), fileState('after')];
  const isDone = before !== null && new TextDecoder().decode(before.bytes) === 'after';
  const change = {
    id: 'file:/etc/model',
    kind: 'file',
    name: '/etc/model',
    before,
    after: wanted,
    because: 'playbook/resource',
  };
  const changes = isDone ? [] : [change as Change];
  const planned = { host, changes, actions: [], packages: null };
  return {
    ...planned,
    strategy: { asked: 'test', taken: 'test', reason: '' },
    refused: null,
    newServers: [],
    snapshotDigest: 'model',
    findings: [],
    planDigest: planDigestOf(planned),
    foldKey: foldKeyOf(planned),
  };
}

export const textIn = (facts: Facts, path: string) => new TextDecoder().decode(stateIn(facts, path)?.bytes);

function stateIn(facts: Facts, path: string): States['file'] {
  const file = facts.files.get(path);
  return file?.state === 'present' ? fileState(new TextDecoder().decode(file.bytes)) : null;
}

const fileState = (text: string): NonNullable<States['file']> => ({
  bytes: new TextEncoder().encode(text),
  mode: '0644',
  owner: 'root',
  group: 'root',
  truncated: false,
});
