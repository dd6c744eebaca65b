import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterRows, listHosts, SORTS } from '#tui/host-list.js';
import { attention, type HostRow, readHostRow } from '#tui/host-row.js';
import { keepVisible } from '#tui/window.js';
import { reviewState } from './made-fleet.js';

const ROWS = [...reviewState().hosts.values()].map(readHostRow);
const names = (rows: readonly HostRow[]): readonly string[] => rows.map(({ name }) => name);

describe('the filter', () => {
  it('finds a host by name, system, state, rule and problem', () => {
    expect(names(filterRows(ROWS, 'kvm-0'))).toEqual(['kvm-01', 'kvm-02']);
    expect(names(filterRows(ROWS, 'rhel'))).toEqual(['az-db-01', 'az-db-02']);
    expect(names(filterRows(ROWS, 'unreachable'))).toEqual(['az-lost-01']);
    expect(names(filterRows(ROWS, 'clock-offset'))).toEqual(['az-old-01', 'hv-two-01']);
    expect(names(filterRows(ROWS, 'host-key-changed'))).toEqual(['kvm-key-01']);
  });

  it('wants every word, and none of those after an exclamation mark', () => {
    expect(names(filterRows(ROWS, 'hyperv !ntpd'))).toEqual(['hv-app-01', 'hv-app-02']);
  });

  it('keeps all hosts while nothing, or only an exclamation mark, is typed', () => {
    expect(filterRows(ROWS, ' ! ')).toEqual(ROWS);
  });
});

describe('the list', () => {
  it('has every host exactly once in every order', () => {
    for (const sort of SORTS) {
      const hosts = listHosts(ROWS, sort).flatMap((item) => (item.kind === 'host' ? [item.row.name] : []));
      expect(hosts.toSorted()).toEqual(names(ROWS).toSorted());
    }
  });

  it('goes from what needs most attention to what needs least', () => {
    const order = listHosts(ROWS, 'attention').flatMap((item) => (item.kind === 'host' ? [attention(item.row)] : []));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('counts the hosts of each section in its title', () => {
    const items = listHosts(ROWS, 'attention');
    const counted = items.reduce((sum, item) => sum + (item.kind === 'section' ? item.count : 0), 0);
    expect(counted).toBe(ROWS.length);
  });

  it('sorts numbers in names as numbers', () => {
    const rows = ['web10', 'web9', 'web1'].map((name) => ({ ...ROWS[0]!, name }));
    expect(listHosts(rows, 'name').map((item) => (item.kind === 'host' ? item.row.name : ''))).toEqual([
      'web1',
      'web9',
      'web10',
    ]);
  });
});

describe('the window on a list', () => {
  const sizes = fc.record({
    top: fc.integer({ min: -5, max: 300 }),
    height: fc.integer({ min: 1, max: 60 }),
    total: fc.integer({ min: 1, max: 200 }),
  });

  it('always shows the cursor, and never more than the list', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ top, height, total }, any) => {
        const at = any % total;
        const first = keepVisible(top, at, height, total);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThanOrEqual(Math.max(0, total - height));
        expect(at).toBeGreaterThanOrEqual(first);
        expect(at).toBeLessThan(first + height);
      }),
    );
  });
});
