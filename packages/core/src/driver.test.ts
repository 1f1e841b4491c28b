import { describe, expect, test } from 'vitest';
import { Driver, type DriverOptions } from './driver.js';
import type { DeadlineReached, Engine, Host } from './engine.js';
import { type DaemonId, daemonId, type NodeName } from './ids.js';
import { type Instant, NEVER } from './instant.js';

/** A host whose clock and turns are moved by hand. */
class ManualHost implements Host {
  time: Instant = 0;
  timer: { readonly at: Instant; readonly fire: () => void } | undefined;
  timersSet = 0;
  readonly #deferred: (() => void)[] = [];

  now(): Instant {
    return this.time;
  }

  setTimer(at: Instant, fire: () => void): void {
    this.timersSet += 1;
    this.timer = at === NEVER ? undefined : { at, fire };
  }

  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  get turnsWaiting(): number {
    return this.#deferred.length;
  }

  turn(): void {
    this.#deferred.shift()?.();
  }

  get timerAt(): Instant {
    return this.timer?.at ?? NEVER;
  }

  turns(): void {
    while (this.#deferred.length > 0) this.turn();
  }

  /** Moves the clock to the timer and fires it. */
  fire(): void {
    const timer = this.timer;
    if (timer === undefined) throw new Error('no timer is set');
    this.timer = undefined;
    this.time = Math.max(this.time, timer.at);
    timer.fire();
  }
}

interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly wakeAt?: Instant;
}

/** Answers each input with two outputs and can ask for a deadline. */
class Echo implements Engine<Call | DeadlineReached, string> {
  readonly seen: string[] = [];
  readonly readUpTo: (Instant | undefined)[] = [];
  readonly readOf: DeadlineReached['readOf'][] = [];
  running = false;
  wakeAt: Instant = NEVER;
  /** Deadlines in a row that are due at once. */
  dueAgain = 0;

  step(input: Call | DeadlineReached, now: Instant): readonly string[] {
    if (this.running) throw new Error('the engine was entered twice');
    this.running = true;
    const name = input.kind === 'call' ? input.name : 'deadline';
    this.seen.push(`${name}@${now}`);
    if (input.kind === 'deadlineReached') {
      this.readUpTo.push(input.readUpTo);
      this.readOf.push(input.readOf);
    }
    if (input.kind === 'call') this.wakeAt = input.wakeAt ?? this.wakeAt;
    else if (this.dueAgain > 0) this.dueAgain -= 1;
    else this.wakeAt = NEVER;
    this.running = false;
    return [`${name} 1`, `${name} 2`];
  }

  deadline(): Instant {
    return this.wakeAt;
  }
}

function setUp(options: Partial<DriverOptions<Call, string>> = {}) {
  const engine = new Echo();
  const host = new ManualHost();
  const log: string[] = [];
  const driver = new Driver<Call, string>({
    engine,
    host,
    perform: (output) => log.push(output),
    turnEnded: () => log.push('--'),
    ...options,
  });
  const call = (name: string, wakeAt?: Instant): void =>
    driver.enqueue({ kind: 'call', name, ...(wakeAt === undefined ? {} : { wakeAt }) });
  return { engine, host, log, driver, call };
}

describe('a turn', () => {
  test('never runs within the call that enqueues', () => {
    const { host, log, call, driver } = setUp();
    call('a');
    expect(log).toEqual([]);
    expect(driver.backlog).toBe(1);
    host.turn();
    expect(log).toEqual(['a 1', 'a 2', '--']);
    expect(driver.backlog).toBe(0);
  });

  test('takes all inputs in order and is scheduled once', () => {
    const { host, log, call } = setUp();
    for (const name of ['a', 'b', 'c']) call(name);
    expect(host.turnsWaiting).toBe(1);
    host.turns();
    expect(log).toEqual(['a 1', 'a 2', 'b 1', 'b 2', 'c 1', 'c 2', '--']);
  });

  test('has one time for all its inputs', () => {
    const { host, engine, call } = setUp({
      perform: () => {
        host.time += 1;
      },
    });
    call('a');
    call('b');
    host.turns();
    expect(engine.seen).toEqual(['a@0', 'b@0']);
  });

  test('ends when its time is over, however few inputs it has had', () => {
    const { host, engine, call, driver } = setUp({
      perform: () => {
        host.time += 2;
      },
      turnMs: 6,
    });
    for (const name of ['a', 'b', 'c', 'd']) call(name);
    host.turn();
    expect(engine.seen).toEqual(['a@0', 'b@0']);
    expect(driver.delayMs).toBe(8);
    host.turns();
    expect(engine.seen).toEqual(['a@0', 'b@0', 'c@8', 'd@8']);
    expect(driver.delayMs).toBe(0);
  });

  test('takes urgent inputs before all that wait', () => {
    const { host, engine, call } = setUp({ isUrgent: ({ name }) => name.startsWith('!') });
    for (const name of ['a', 'b', '!c', '!d']) call(name);
    host.turns();
    expect(engine.seen).toEqual(['!c@0', '!d@0', 'a@0', 'b@0']);
  });

  test('leaves what its own outputs enqueue to the next one', () => {
    const { host, engine, call, log } = setUp({
      perform: (output) => {
        log.push(output);
        if (output === 'a 1') call('b');
      },
    });
    call('a');
    host.turn();
    expect(engine.seen).toEqual(['a@0']);
    expect(log).toEqual(['a 1', 'a 2', '--']);
    host.turn();
    expect(engine.seen).toEqual(['a@0', 'b@0']);
  });

  test('takes a bounded number of inputs, the rest follows in order', () => {
    const { host, engine, call, driver } = setUp({ inputsPerTurnMax: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) call(name);
    host.turn();
    expect(engine.seen).toEqual(['a@0', 'b@0']);
    expect(driver.backlog).toBe(3);
    host.turns();
    expect(engine.seen).toEqual(['a@0', 'b@0', 'c@0', 'd@0', 'e@0']);
  });
});

describe('a deadline', () => {
  test('sets the one timer and is delivered in a turn of its own', () => {
    const { host, engine, call } = setUp();
    call('a', 100);
    host.turns();
    expect(host.timerAt).toBe(100);
    host.fire();
    expect(engine.seen).toEqual(['a@0']);
    host.turns();
    expect(engine.seen).toEqual(['a@0', 'deadline@100']);
    expect(host.timer).toBeUndefined();
  });

  test('that is due already is served at the end of the same turn', () => {
    const { host, engine, call, log } = setUp();
    host.time = 7;
    call('a', 7);
    host.turn();
    expect(engine.seen).toEqual(['a@7', 'deadline@7']);
    expect(log).toEqual(['a 1', 'a 2', 'deadline 1', 'deadline 2', '--']);
  });

  test('that stays due does not keep the turn for itself, nor is it lost', () => {
    const { host, engine, call } = setUp();
    engine.dueAgain = 10;
    call('a', 0);
    host.turn();
    expect(engine.seen.length).toBeLessThan(8);
    while (host.timer !== undefined) {
      host.fire();
      host.turns();
    }
    expect(engine.wakeAt).toBe(NEVER);
  });

  test('says up to when everything has been read, and what was said by whom', () => {
    const peer = daemonId('n2' as NodeName, 1);
    let unread: ReadonlyMap<DaemonId, number> | undefined;
    const { host, engine, call } = setUp({ inputsPerTurnMax: 1, unread: () => unread });
    engine.wakeAt = 10;
    host.time = 3;
    call('a');
    host.time = 5;
    call('b');
    host.time = 20;
    host.turn();
    expect(engine.readUpTo).toEqual([5]);
    host.turns();
    engine.wakeAt = 10;
    unread = new Map([[peer, 8]]);
    call('c');
    host.turns();
    unread = undefined;
    engine.wakeAt = 10;
    call('d');
    host.turns();
    expect(engine.readUpTo).toEqual([5, 20, 20]);
    expect(engine.readOf).toEqual([undefined, new Map([[peer, 12]]), undefined]);
  });

  test('that moves replaces the timer; one that stays sets none', () => {
    const { host, call } = setUp();
    call('a', 100);
    host.turns();
    const before = host.timersSet;
    call('b');
    host.turns();
    expect(host.timersSet).toBe(before);
    call('c', 50);
    host.turns();
    expect(host.timerAt).toBe(50);
    call('d', NEVER);
    host.turns();
    expect(host.timer).toBeUndefined();
  });

  test('is set anew when the timer came too early', () => {
    const { host, engine, call } = setUp();
    engine.dueAgain = 1;
    call('a', 100);
    host.turns();
    const early = host.timer;
    host.time = 99;
    host.timer = undefined;
    early?.fire();
    host.turns();
    expect(host.timerAt).toBe(100);
  });
});

describe('stop', () => {
  test('drops what waits, clears the timer and ignores what comes', () => {
    const { host, engine, call, driver } = setUp();
    call('a', 100);
    host.turns();
    call('b');
    driver.stop();
    call('c');
    host.turns();
    expect(engine.seen).toEqual(['a@0']);
    expect(driver.backlog).toBe(0);
    expect(host.timer).toBeUndefined();
  });

  test('called while outputs are performed, is the end of them', () => {
    const { host, engine, call, driver, log } = setUp({
      perform: (output) => {
        log.push(output);
        if (output === 'a 1') driver.stop();
      },
    });
    call('a', 0);
    call('b');
    host.turns();
    expect(engine.seen).toEqual(['a@0']);
    // What was performed before is still flushed.
    expect(log).toEqual(['a 1', '--']);
    expect(host.timer).toBeUndefined();
  });

  test('a timer that fires afterwards does nothing', () => {
    const { host, engine, call, driver } = setUp();
    call('a', 100);
    host.turns();
    const timer = host.timer;
    driver.stop();
    timer?.fire();
    host.turns();
    expect(engine.seen).toEqual(['a@0']);
  });
});

test('what the engine throws reaches the host: nobody catches it', () => {
  const { host, engine, call } = setUp();
  engine.running = true;
  call('a');
  expect(() => host.turns()).toThrow('entered twice');
});
