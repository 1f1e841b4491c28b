import { Rng } from '@group-services/core';
import { BoundedMemory } from '../checkers/bounded-memory.js';
import { Counters } from '../counters.js';
import type { Profile } from '../profile/profile.js';
import { Timeline } from '../timeline.js';
import { PRODUCTION } from '../world/engines.js';
import type { Sizes } from '../world/sizes.js';
import { Domain } from './domain.js';
import { drawProfile } from './draw-profile.js';

/**
 * One domain over weeks of churn: processes join, send, leave and die, daemons and the name server
 * crash and restart, the network is cut. Nothing may grow with time.
 *
 * Heartbeats are slow, so that a month of them is a few minutes' work; only the checker of bounds looks
 * on, since the others remember all they have seen.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAEMONS = 3;

export interface MonthOptions {
  readonly days: number;
  /** A figure each so many days. */
  readonly everyDays: number;
  readonly seed: number;
  /** Bytes in use after a collection. */
  readonly heapUsed: () => number;
  /** Gets each figure at once. */
  readonly follow?: (figure: MonthFigure) => void;
}

/** How things stand at one moment. */
export interface MonthFigure {
  readonly day: number;
  readonly heapBytes: number;
  readonly sizes: Sizes;
}

export interface MonthReport {
  readonly figures: readonly MonthFigure[];
  /** After the last fault, when everything has come to rest. */
  readonly rest: MonthFigure;
  /** What was injected and reached. */
  readonly counters: Counters;
  /** By how much the heap grows a day, over the later half: the first days fill bounded tables. */
  readonly growthPerDay: number;
}

export function runMonth({ days, everyDays, seed, heapUsed, follow }: MonthOptions): MonthReport {
  const rng = new Rng(seed);
  const profile = churn(days * DAY);
  const counters = new Counters();
  const domain = new Domain({
    profile,
    engines: PRODUCTION,
    checkers: [new BoundedMemory()],
    rng,
    timeline: new Timeline(),
    counters,
  });
  const figures: MonthFigure[] = [];
  const look = (): MonthFigure => {
    const day = domain.time.now / DAY;
    const figure = { day, heapBytes: heapUsed(), sizes: domain.sizes() };
    follow?.(figure);
    return figure;
  };
  domain.start();
  for (let day = everyDays; day <= days; day += everyDays) {
    domain.time.runUntil(day * DAY);
    figures.push(look());
  }
  domain.heal();
  domain.time.runUntil(domain.time.now + profile.livenessMs);
  domain.finish();
  const rest = look();
  return { figures, rest, counters, growthPerDay: slope(figures.slice(figures.length >> 1)) };
}

function churn(safetyMs: number): Profile {
  const drawn = drawProfile(new Rng(1), new Rng(1));
  const suspectAfterMs = 2 * MINUTE;
  const leaseMs = 5 * MINUTE;
  return {
    ...drawn,
    scale: 'long',
    daemons: DAEMONS,
    groups: 3,
    clients: 2,
    drains: { everyMs: 8 * HOUR, alone: false },
    timing: {
      heartbeatMs: 30 * SECOND,
      suspectAfterMs,
      leaseMs,
      idleSyncMs: SECOND,
      slowMemberTimeoutMs: 10 * MINUTE,
      leaveTimeoutMs: 5 * MINUTE,
      lingerMs: MINUTE,
      clockDrift: 0.0005,
    },
    network: { ...drawn.network, loss: 0.01, duplication: 0.02, slowShare: 0 },
    faults: {
      daemonCrash: 6 * HOUR,
      daemonStop: 8 * HOUR,
      pause: 8 * HOUR,
      partition: 8 * HOUR,
      linkReset: 2 * HOUR,
      halfOpen: 8 * HOUR,
      stall: 8 * HOUR,
      nameServerCrash: 12 * HOUR,
      nameServerLink: 4 * HOUR,
      nameServerPause: 24 * HOUR,
      outdatedRecovery: undefined,
      clientKill: HOUR,
      clientDeaf: 12 * HOUR,
      clockJump: undefined,
      storeChange: undefined,
      lateAnswers: undefined,
      targeted: 0,
      oneWayLinks: 0,
      everythingStops: false,
      partitionMaxMs: 10 * MINUTE,
      pauseMaxMs: 5 * MINUTE,
      outageMaxMs: 20 * MINUTE,
      stallMaxMs: MINUTE,
    },
    workload: {
      thinkMs: 10 * MINUTE,
      handlesMax: 3,
      burstMax: 5,
      payloadMax: 256,
      safeChance: 0.3,
      endChance: 0.1,
      subscribeChance: 0.3,
      floodChance: 0,
      namedInstances: false,
      attributes: false,
      bundleMax: 8,
      labelled: true,
      withdraws: 'last',
    },
    voting: undefined,
    store: 'memory',
    isolation: 'continue',
    leaderRecovery: 'announced',
    quiesce: 'anticipate',
    safetyMs,
    livenessMs: 16 * suspectAfterMs + 6 * leaseMs,
  };
}

/** Least squares, in bytes a day. */
function slope(figures: readonly MonthFigure[]): number {
  const mean = (of: (figure: MonthFigure) => number): number =>
    figures.reduce((sum, figure) => sum + of(figure), 0) / figures.length;
  const day = mean((figure) => figure.day);
  const heap = mean((figure) => figure.heapBytes);
  const spread = mean((figure) => (figure.day - day) ** 2);
  if (spread === 0) return 0;
  return mean((figure) => (figure.day - day) * (figure.heapBytes - heap)) / spread;
}
