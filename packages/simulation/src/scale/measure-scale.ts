import { type GroupName, Rng } from '@group-services/core';
import { Counters } from '../counters.js';
import { Stage } from '../run/stage.js';
import { Timeline } from '../timeline.js';
import { PRODUCTION } from '../world/engines.js';
import { NAME_SERVER } from '../world/shared.js';
import { ScaleProcess } from './scale-process.js';
import { scaleProfile } from './scale-profile.js';

/** How large a domain is. */
export interface ScalePoint {
  readonly daemons: number;
  readonly groups: number;
  /** Of each group; they are spread evenly over the daemons. */
  readonly providers: number;
}

/** What a domain of a size costs. Times are virtual but for `realSeconds`; without any cost of processors. */
export interface ScaleFigures extends ScalePoint {
  /** From the first join to the moment when every provider sees its whole list. */
  readonly formedMs: number;
  /** Of one daemon, while nothing happens. */
  readonly idle: {
    readonly framesPerSecond: number;
    readonly bytesPerSecond: number;
    /** To and from the name server, as a part of the above. */
    readonly renewalBytesPerSecond: number;
    readonly largestFrameBytes: number;
  };
  /** A daemon is killed, and the kernels of its host tell the others at once. */
  readonly killed: Failure;
  /** The host of a daemon vanishes: nobody is told, it only falls silent. */
  readonly vanished: Failure;
  /** Given a way to measure: of the engines and of the simulation around them. */
  readonly heapBytesPerMembership: number | undefined;
  readonly realSeconds: number;
}

export interface Failure {
  /** From the failure to the moment when the last provider elsewhere knows of it. */
  readonly toldMs: number;
  /** That the failed daemon was in. */
  readonly groups: number;
}

export interface ScaleOptions {
  /** Bytes in use after a collection. */
  readonly heapUsed?: (() => number) | undefined;
  /** Milliseconds of real time. */
  readonly clock: () => number;
  readonly idleMs?: number | undefined;
}

const STEP_MS = 1;
const IDLE_MS = 10_000;
/** What is not formed or told by then never will be. */
const LIMIT_MS = 600_000;

/** Forms a domain of this size, lets it be idle, and takes one daemon out of it. */
export function measureScale(point: ScalePoint, options: ScaleOptions): ScaleFigures {
  const { daemons, groups, providers } = point;
  if (daemons < 2 || providers < 2) throw new RangeError('two daemons and two providers at least');
  const { heapUsed, clock, idleMs = IDLE_MS } = options;
  const began = clock();
  const traffic = new Traffic();
  const stage = new Stage({
    profile: scaleProfile(daemons, groups),
    engines: PRODUCTION,
    checkers: [],
    rng: new Rng(1),
    timeline: new Timeline({ keptMax: 0 }),
    counters: new Counters(),
    spectator: ({ from, to, frame }) => traffic.add(from, to, frame.length),
  });
  const { time } = stage.shared;
  const untilTrue = (what: string, isTrue: () => boolean): number => {
    const from = time.now;
    while (!isTrue()) {
      if (time.now - from > LIMIT_MS) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
      time.runUntil(time.now + STEP_MS);
    }
    return time.now - from;
  };

  stage.nameServer.start();
  for (const daemon of stage.daemons) daemon.start();
  let processes: readonly ScaleProcess[] = [];
  time.runUntil(SETTLE_MS);
  let whole = 0;
  let told = 0;
  processes = stage.daemons.map(
    (node) =>
      new ScaleProcess(stage.shared, node, (_, before, now) => {
        if (now === providers) whole += 1;
        if (now < before) told += 1;
      }),
  );
  time.runUntil(time.now + SETTLE_MS);
  if (!processes.every(({ isConnected }) => isConnected))
    throw new Error('a process has no daemon');

  const heapBefore = heapUsed?.() ?? 0;
  const seats = seatsOf(point);
  for (const [group, places] of seats.entries()) {
    for (const place of places) processes[place]?.join(`g${group + 1}` as GroupName);
  }
  const formedMs = untilTrue('formed', () => whole >= groups * providers);
  time.runUntil(time.now + SETTLE_MS);
  const heap = heapUsed === undefined ? undefined : heapUsed() - heapBefore;

  traffic.reset();
  time.runUntil(time.now + idleMs);
  const idle = traffic.perSecond(daemons, idleMs);

  const dead = new Set<number>();
  const fails = (victim: number, fail: () => void): Failure => {
    const hurt = seats.filter((places) => places.includes(victim));
    dead.add(victim);
    const others = hurt.flatMap((places) => places.filter((place) => !dead.has(place)));
    told = 0;
    fail();
    return { toldMs: untilTrue('told', () => told >= others.length), groups: hurt.length };
  };
  const [first = 0, second = 1] = seats[0] ?? [];
  const killed = fails(first, () => stage.daemons[first]?.crash('dies'));
  time.runUntil(time.now + SETTLE_MS);
  const vanished = fails(second, () => vanish(stage, second));
  return {
    ...point,
    formedMs,
    idle,
    killed,
    vanished,
    heapBytesPerMembership: heap === undefined ? undefined : heap / (groups * providers),
    realSeconds: (clock() - began) / 1000,
  };
}

function vanish(stage: Stage, victim: number): void {
  const node = stage.daemons[victim]?.node ?? '';
  const others = stage.daemons.filter((it) => it.node !== node).map((it) => it.node);
  for (const other of [...others, stage.nameServerPlace]) stage.cut(node, other);
}

const SETTLE_MS = 3_000;

/** The daemons of each group, drawn evenly: in a large domain nearly everybody shares a group with everybody. */
function seatsOf({ daemons, groups, providers }: ScalePoint): readonly (readonly number[])[] {
  const rng = new Rng(2);
  return Array.from({ length: groups }, () => {
    const drawn = new Set<number>();
    while (drawn.size < Math.min(providers, daemons)) drawn.add(rng.between(0, daemons - 1));
    const order = [...drawn];
    return Array.from({ length: providers }, (_, i) => order[i % order.length] ?? 0);
  });
}

/** Frames and bytes on their way. */
class Traffic {
  #frames = 0;
  #bytes = 0;
  #renewalBytes = 0;
  #largest = 0;

  add(from: string, to: string, bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
    this.#largest = Math.max(this.#largest, bytes);
    if (from === NAME_SERVER || to === NAME_SERVER) this.#renewalBytes += bytes;
  }

  reset(): void {
    this.#frames = 0;
    this.#bytes = 0;
    this.#renewalBytes = 0;
    this.#largest = 0;
  }

  perSecond(daemons: number, ms: number): ScaleFigures['idle'] {
    const each = (sum: number): number => sum / daemons / (ms / 1000);
    return {
      framesPerSecond: each(this.#frames),
      bytesPerSecond: each(this.#bytes),
      renewalBytesPerSecond: each(this.#renewalBytes),
      largestFrameBytes: this.#largest,
    };
  }
}
