import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TsyncError } from '#errors/tsync-error.js';
import { packEvents, unpackEvents } from '#store/event-pack.js';
import { assessed, eventsOf, fileChange, plan } from '../run/made-run.js';

test('what is packed comes back, few events as text and many compressed', () => {
  const texts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(texts, (contents) => {
      const events = eventsOf(
        contents.map((text, index) =>
          assessed(plan(`host-${index}`, { changes: [fileChange('/etc/a', text, `${text}\n`)] })),
        ),
      );
      expect([...unpackEvents(packEvents(events))]).toEqual(events);
    }),
  );
});

test('the plans of a fleet take a small part of their JSON', () => {
  const change = fileChange('/etc/chrony.conf', 'pool a iburst\n'.repeat(20), 'pool b iburst\n'.repeat(20));
  const events = eventsOf(
    Array.from({ length: 64 }, (_, index) => assessed(plan(`host-${index}`, { changes: [change] }))),
  );
  const packed = packEvents(events);
  expect(packed).toBeInstanceOf(Uint8Array);
  expect(packed.length).toBeLessThan(JSON.stringify(events).length / 10);
});

test('damaged bytes are an error with its code', () => {
  const damaged = () => [...unpackEvents(Uint8Array.of(1, 2, 3))];
  expect(damaged).toThrow(TsyncError);
});
