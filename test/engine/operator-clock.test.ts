import { describe, expect, it } from 'vitest';
import { operatorClockOf } from '#engine/operator-clock.js';
import { trackingOf } from '#facts/chrony-readings.js';

const tracking = (start: string, leap = 'Normal') =>
  trackingOf(`${start},1790000000.0,0.0,0.0,0.0,0.0,0.0,0.1,0.0004,0.0002,64.0,${leap}\n`);

describe("the operator's own clock", () => {
  it.each<[string, ReturnType<typeof tracking> | null, boolean, boolean | null]>([
    ['a chronyd with a server', tracking('0A000001,10.0.0.1,3'), false, true],
    ['a chronyd on its own clock', tracking('7F7F0101,,10'), false, false],
    ['a chronyd at stratum 16', tracking('0A000001,10.0.0.1,16'), false, false],
    ['a chronyd with a leap that nobody knows', tracking('0A000001,10.0.0.1,3', 'Strange'), false, null],
    ['a chronyd whose word beats the mark of another daemon', tracking('00000000,,0'), true, false],
    ['a chronyd that prints nonsense', trackingOf('506 Cannot talk to daemon\n'), false, null],
    ['systemd-timesyncd', null, true, true],
    ['nothing that answers', null, false, null],
  ])('of %s', (_name, chronyd, hasMark, synchronised) => {
    expect(operatorClockOf(chronyd, hasMark).synchronised).toBe(synchronised);
  });

  it('is said with its stratum and bound', () => {
    expect(operatorClockOf(tracking('0A000001,10.0.0.1,3'), false).detail).toBe('chronyd, stratum 3, ±400 µs');
  });
});
