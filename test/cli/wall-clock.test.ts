import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallClock } from '#cli/wall-clock.js';
import { OWN_RESOLUTION_SECONDS } from '#conversation/measure-clock.js';

/** A machine whose readings take a µs each, and now and then much longer, because something else runs. */
class Machine {
  trueMs: number;
  readonly #monotonicBegan: number;
  #stepped = 0;
  #readings = 0;
  constructor(beganMs: number) {
    this.trueMs = beganMs;
    this.#monotonicBegan = beganMs - 12.345;
  }
  #tick(): void {
    this.trueMs += ++this.#readings % 4_999 === 0 ? 0.7 : 0.001;
  }
  readonly wallMs = () => {
    this.#tick();
    return Math.floor(this.trueMs + this.#stepped);
  };
  readonly monotonicMs = () => {
    this.#tick();
    return this.trueMs - this.#monotonicBegan;
  };
  step(ms: number): void {
    this.#stepped += ms;
  }
  get unixSeconds(): number {
    return (this.trueMs + this.#stepped) / 1_000;
  }
}

const began = fc.double({ min: 1.7e12, max: 1.9e12, noNaN: true });

describe('the clock of this machine', () => {
  it('is right to the resolution that measurements count with, whenever it is read', () => {
    fc.assert(
      fc.property(began, fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), { maxLength: 20 }), (at, pauses) => {
        const machine = new Machine(at);
        const now = wallClock(machine);
        for (const pause of [0, ...pauses]) {
          machine.trueMs += pause;
          const before = machine.unixSeconds;
          const read = now();
          expect(read).toBeGreaterThan(before - OWN_RESOLUTION_SECONDS);
          expect(read).toBeLessThan(machine.unixSeconds + OWN_RESOLUTION_SECONDS);
        }
      }),
    );
  });

  it('follows a step of the clock at once, back and forth', () => {
    fc.assert(
      fc.property(
        began,
        fc.array(fc.integer({ min: -1e9, max: 1e9 }).filter((ms) => Math.abs(ms) > 1)),
        (at, steps) => {
          const machine = new Machine(at);
          const now = wallClock(machine);
          now();
          for (const step of steps) {
            machine.step(step);
            expect(Math.abs(now() - machine.unixSeconds)).toBeLessThan(0.001);
          }
        },
      ),
    );
  });

  it('agrees with the whole milliseconds of the real one', () => {
    const now = wallClock({ wallMs: Date.now, monotonicMs: () => performance.now() });
    for (let i = 0; i < 1_000; i++) {
      const before = Date.now();
      const read = now() * 1_000;
      expect(read).toBeGreaterThan(before - 0.2);
      expect(read).toBeLessThan(Date.now() + 1.2);
    }
  });
});
