import { Driver, type Engine, type Instant, NEVER, Rng } from '@group-services/core';
import { expect, test } from 'vitest';
import { VirtualHost } from './virtual-host.js';
import { VirtualTime } from './virtual-time.js';

test('a timer replaces the one before, and NEVER clears it', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  const fired: string[] = [];
  host.setTimer(10, () => fired.push('old'));
  host.setTimer(20, () => fired.push('new'));
  time.runUntil(30);
  host.setTimer(40, () => fired.push('cleared'));
  host.setTimer(NEVER, () => fired.push('never'));
  time.runUntil(100);
  expect(fired).toEqual(['new']);
});

test('a paused host runs nothing, its clock goes on, and what waited runs on resume', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  const fired: string[] = [];
  host.setTimer(10, () => fired.push(`timer at ${host.now()}`));
  host.pause();
  host.defer(() => fired.push(`task at ${host.now()}`));
  time.runUntil(50);
  expect(fired).toEqual([]);
  host.resume();
  time.runUntil(50);
  expect(fired).toEqual(['task at 50', 'timer at 50']);
});

test('a busy host runs what becomes due meanwhile when its work is done, in that order', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  const fired: string[] = [];
  host.defer(() => {
    host.spend(20);
    host.spend(5);
  });
  host.setTimer(10, () => fired.push(`timer at ${host.now()}`));
  time.at(15, () => host.defer(() => fired.push(`task at ${host.now()}`)));
  time.runUntil(24);
  expect(fired).toEqual([]);
  time.runUntil(50);
  expect(fired).toEqual(['timer at 25', 'task at 25']);
});

test('a killed host runs nothing any more', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  const fired: string[] = [];
  host.setTimer(10, () => fired.push('timer'));
  host.defer(() => fired.push('task'));
  host.kill();
  host.setTimer(20, () => fired.push('later'));
  time.runUntil(50);
  expect(fired).toEqual([]);
});

test('a clock of another rate fires no timer too early', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time, { startsAt: 1000, rate: 0.9995 });
  const fired: Instant[] = [];
  host.setTimer(1333.3, () => fired.push(host.now()));
  time.runUntil(1000);
  expect(fired).toHaveLength(1);
  expect(fired[0]).toBeGreaterThanOrEqual(1333.3);
  expect(fired[0]).toBeLessThan(1333.4);
});

/** Counts its deadlines, one every 10 ms, and echoes what it is told. */
class Metronome implements Engine<{ kind: 'told' } | { kind: 'deadlineReached' }, string> {
  #next: Instant = 10;

  step(input: { kind: 'told' } | { kind: 'deadlineReached' }, now: Instant): readonly string[] {
    if (input.kind === 'told') return [`told at ${now}`];
    this.#next = now + 10;
    return [`tick at ${now}`];
  }

  deadline(): Instant {
    return this.#next;
  }
}

test('a driver runs an engine under it', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  const printed: string[] = [];
  const driver = new Driver<{ kind: 'told' }, string>({
    engine: new Metronome(),
    host,
    perform: (output) => printed.push(output),
  });
  time.at(5, () => driver.enqueue({ kind: 'told' }));
  time.runUntil(30);
  expect(printed).toEqual(['told at 5', 'tick at 10', 'tick at 20', 'tick at 30']);
});

test('a task taken back does not let a later one run before its time', () => {
  const time = new VirtualTime();
  const ran: string[] = [];
  time.at(10, () => ran.push('taken back')).cancel();
  time.at(20, () => ran.push('later'));
  time.runUntil(15);
  expect(ran).toEqual([]);
  expect(time.now).toBe(15);
  time.runUntil(20);
  expect(ran).toEqual(['later']);
});

test('the clock of a machine that sleeps again and again never goes back', () => {
  const rng = new Rng(26);
  const time = new VirtualTime();
  const host = new VirtualHost(time, { startsAt: 700_000 * rng.next(), rate: 1.0003 });
  let shown = host.now();
  for (let round = 0; round < 2_000; round += 1) {
    const next = rng.next();
    if (next < 0.2) host.sleep();
    else if (next < 0.4) host.resume();
    time.runUntil(time.now + 300 * rng.next());
    expect(host.now()).toBeGreaterThanOrEqual(shown);
    shown = host.now();
  }
});

test('a machine that sleeps counts it when it wakes, however often somebody asks meanwhile', () => {
  const time = new VirtualTime();
  const host = new VirtualHost(time);
  time.runUntil(100);
  host.sleep();
  for (let at = 100; at <= 400; at += 5) {
    time.runUntil(at);
    expect(host.now()).toBe(100);
  }
  host.resume();
  expect(host.now()).toBe(400);
});
