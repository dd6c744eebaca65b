import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostMap } from '#run/host-map.js';
import { reduce } from '#run/reduce.js';
import type { HostState } from '#run/run-state.js';
import { eventsOf, runStarted } from './made-run.js';

const blank = (host: string): HostState => {
  const state = reduce(null, eventsOf([runStarted('audit', [host])])[0]!);
  return state.hosts.get(host)!;
};

test('behaves as a Map that is copied on every change, and leaves every earlier version alone', () => {
  const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 300 });
  const writes = fc.array(fc.tuple(fc.nat(400), fc.string()), { maxLength: 40 });
  fc.assert(
    fc.property(names, writes, (hosts, changes) => {
      let map = HostMap.of(hosts, blank);
      let model = new Map(hosts.map((host) => [host, blank(host)]));
      const versions: [HostMap, Map<string, HostState>][] = [[map, model]];
      for (const [position, progress] of changes) {
        const host = hosts[position % hosts.length]!;
        const state = { ...blank(host), progress };
        map = map.with(host, state);
        model = new Map(model).set(host, state);
        versions.push([map, model]);
      }
      for (const [version, expected] of versions) {
        expect([...version]).toEqual([...expected]);
        expect(version.size).toBe(expected.size);
        for (const host of hosts) expect(version.get(host)).toEqual(expected.get(host));
      }
    }),
    { numRuns: 60 },
  );
});

test('a name that is not in the run changes nothing', () => {
  const map = HostMap.of(['a'], blank);
  expect(map.with('b', blank('b'))).toBe(map);
  expect(map.has('b')).toBe(false);
  expect(map.get('b')).toBeUndefined();
});

test('a name given twice is one host, at its first place', () => {
  expect([...HostMap.of(['b', 'a', 'b'], blank).keys()]).toEqual(['b', 'a']);
});

test('one change of 10,000 hosts shares all but one chunk', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `host-${index}`);
  const map = HostMap.of(names, blank);
  const next = map.with('host-5000', { ...blank('host-5000'), progress: 'x' });
  const kept = names.filter((name) => next.get(name) === map.get(name));
  expect(kept).toHaveLength(9_999);
});
