import { Rng } from '@group-services/core';
import type { Checker } from './checkers/checker.js';
import { allCheckers } from './checkers/index.js';
import { Violation } from './checkers/violation.js';
import { Counters } from './counters.js';
import { Domain } from './domain.js';
import { drawProfile } from './draw-profile.js';
import { type Engines, PRODUCTION } from './engines.js';
import type { Profile } from './profile.js';
import { Timeline } from './timeline.js';

export interface SeedOptions {
  readonly seed: number;
  readonly engines?: Engines;
  readonly checkers?: readonly Checker[];
  /** Gets every line of the timeline at once. */
  readonly follow?: (line: string) => void;
}

/** How one seed went. */
export interface SeedResult {
  readonly seed: number;
  readonly profile: Profile;
  readonly virtualMs: number;
  /** Digest of everything that happened, for comparing two runs. */
  readonly digest: string;
  readonly counters: Counters;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly checker: string;
  readonly text: string;
  readonly timeline: readonly string[];
}

/** Beyond so many events a run is a storm: nothing that protocols do on purpose comes near. */
const EVENTS_MAX = 3_000_000;
/** So many at one instant and an engine asks for a deadline that it then does not serve. */
const EVENTS_PER_INSTANT_MAX = 20_000;
const TIMELINE_TAIL = 120;

/** Runs one seed: the safety phase with its faults, then the liveness phase without. */
export function runSeed({ seed, engines = PRODUCTION, checkers, follow }: SeedOptions): SeedResult {
  const rng = new Rng(seed);
  const profile = drawProfile(rng, new Rng(seed));
  const timeline = new Timeline(follow);
  const counters = new Counters();
  const domain = new Domain({
    profile,
    engines,
    checkers: checkers ?? allCheckers(profile),
    rng,
    timeline,
    counters,
  });
  const failure = attempt(() => play(domain, profile), timeline);
  return {
    seed,
    profile,
    virtualMs: domain.time.now,
    digest: timeline.digest,
    counters,
    failure,
  };
}

function play(domain: Domain, profile: Profile): void {
  let events = 0;
  let instant = 0;
  let atInstant = 0;
  const runUntil = (until: number): void => {
    while (domain.time.step(until)) {
      events += 1;
      atInstant = domain.time.now === instant ? atInstant + 1 : 0;
      instant = domain.time.now;
      if (events > EVENTS_MAX) throw new Violation('storm', `${EVENTS_MAX} events and no end`);
      if (atInstant > EVENTS_PER_INSTANT_MAX) {
        throw new Violation('storm', `time stands still at ${instant}: ${domain.busiest()}`);
      }
    }
    domain.time.runUntil(until);
  };
  domain.start();
  runUntil(profile.safetyMs);
  domain.heal();
  runUntil(profile.safetyMs + profile.livenessMs / 2);
  domain.rollCall();
  runUntil(profile.safetyMs + profile.livenessMs);
  domain.finish();
}

function attempt(run: () => void, timeline: Timeline): Failure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const lines = timeline.tail(TIMELINE_TAIL);
    if (error instanceof Violation) {
      return { checker: error.checker, text: error.message, timeline: lines };
    }
    // A broken promise of an engine, or a fault of the simulation itself: either is a finding.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { checker: 'exception', text, timeline: lines };
  }
}
