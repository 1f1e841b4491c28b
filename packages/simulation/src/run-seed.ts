import { Rng } from '@group-services/core';
import type { Checker } from './checkers/checker.js';
import { allCheckers } from './checkers/index.js';
import { Violation } from './checkers/violation.js';
import { Counters } from './counters.js';
import { Domain } from './domain.js';
import { drawProfile } from './draw-profile.js';
import { type Engines, PRODUCTION } from './engines.js';
import { play } from './play.js';
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
