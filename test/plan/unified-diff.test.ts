import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '#plan/unified-diff.js';
import type { Change, States } from '#resources/resource.js';

function state(bytes: Uint8Array, mode = '0644'): NonNullable<States['file']> {
  return { bytes, mode, owner: 'root', group: 'root', truncated: false };
}

function change(before: States['file'], after: States['file']): Change {
  return { id: 'file:/etc/x', kind: 'file', name: '/etc/x', before, after, because: 'phc/configured' };
}

const text = (value: string) => state(new TextEncoder().encode(value));

describe('a unified diff', () => {
  it('shows what goes and what comes, and no other header than the two names', () => {
    expect(unifiedDiff(change(text('a\nb\nc\n'), text('a\nB\nc\n')))).toBe(
      '--- /etc/x\n+++ /etc/x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
    );
  });

  it('names /dev/null for a file that is made or removed', () => {
    expect(unifiedDiff(change(null, text('a\n')))).toMatch(/^--- \/dev\/null\n\+\+\+ \/etc\/x\n/);
    expect(unifiedDiff(change(text('a\n'), null))).toMatch(/^--- \/etc\/x\n\+\+\+ \/dev\/null\n/);
  });

  it('shows a change of mode alone', () => {
    const bytes = new Uint8Array([97]);
    expect(unifiedDiff(change(state(bytes), state(bytes, '0600')))).toBe(
      '-mode 0644 owner root group root\n+mode 0600 owner root group root\n',
    );
  });

  it('is safe to print whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 80 }), (before, after) => {
        const shown = unifiedDiff(change(state(before), state(after)));
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  it('shows a Latin-1 byte as what it is', () => {
    expect(unifiedDiff(change(state(new Uint8Array([0xe9, 10])), text('e\n')))).toContain('-\\xe9\n+e\n');
  });

  it('shows services and parameters as lines', () => {
    const service: Change = {
      id: 'service:a.service',
      kind: 'service',
      name: 'a.service',
      before: { active: true, links: ['/etc/l -> /lib/a'], masked: false },
      after: { active: false, links: [], masked: true },
      because: 'daemon/single',
    };
    expect(unifiedDiff(service)).toContain('-active\n-/etc/l -> /lib/a\n+inactive\n+masked\n');
  });
});
