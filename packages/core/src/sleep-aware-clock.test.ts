import { describe, expect, it } from 'vitest';
import { SleepAwareClock } from './sleep-aware-clock.js';

/** A machine whose clocks are moved by hand. */
class Machine {
  monotonic = 1_000;
  wall = 1_700_000_000_000;
  uptime = 90_000;
  looks = 0;
  /** Passes between two readings of the next look, once. */
  interruption = 0;
  readonly clock = new SleepAwareClock({
    monotonic: () => this.monotonic,
    wall: () => this.wall,
    uptime: () => {
      this.looks += 1;
      this.pass(this.interruption);
      this.interruption = 0;
      return Math.floor(this.uptime / 10) * 10;
    },
  });

  pass(ms: number): void {
    this.monotonic += ms;
    this.wall += ms;
    this.uptime += ms;
  }

  sleep(ms: number): void {
    this.wall += ms;
    this.uptime += ms;
  }
}

describe('a clock that counts sleep', () => {
  it('goes with the monotonic clock, and seldom asks for the uptime', () => {
    const machine = new Machine();
    for (let i = 0; i < 100; i += 1) {
      machine.pass(100);
      expect(machine.clock.now()).toBe(machine.monotonic);
    }
    expect(machine.looks).toBeLessThan(13);
  });

  it('has the sleep at the first reading after it', () => {
    const machine = new Machine();
    machine.sleep(8_000);
    machine.pass(3);
    expect(machine.clock.now()).toBeCloseTo(9_003, -2);
    machine.pass(500);
    machine.sleep(60_000);
    expect(machine.clock.now()).toBeCloseTo(69_503, -2);
  });

  it('does not move when somebody sets the time of day', () => {
    const machine = new Machine();
    for (const by of [3_600_000, -86_400_000, 50]) {
      machine.wall += by;
      machine.pass(10);
      expect(machine.clock.now()).toBe(machine.monotonic);
    }
  });

  it('sees the sleep within a second although the time of day was set back by as much', () => {
    const machine = new Machine();
    machine.sleep(8_000);
    machine.wall -= 8_000;
    machine.pass(1_000);
    expect(machine.clock.now()).toBeCloseTo(10_000, -2);
  });

  it('takes no interruption between two readings for sleep, and never goes back', () => {
    const machine = new Machine();
    let last = machine.clock.now();
    for (let i = 0; i < 50; i += 1) {
      machine.pass(1_000);
      machine.interruption = i * 7;
      const now = machine.clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      expect(machine.monotonic - now).toBeLessThanOrEqual(350);
      expect(now).toBeLessThanOrEqual(machine.monotonic);
      last = now;
    }
  });
});
