import { Rng } from '@group-services/core';
import type { Checker } from '../checkers/checker.js';
import { allCheckers } from '../checkers/index.js';
import { Violation } from '../checkers/violation.js';
import { Counters } from '../counters.js';
import type { Profile } from '../profile/profile.js';
import { Timeline } from '../timeline.js';
import { type Engines, PRODUCTION } from '../world/engines.js';
import { Domain } from './domain.js';
import { drawProfile } from './draw-profile.js';
import { play } from './play.js';

export interface SeedOptions {
  readonly seed: number;
  readonly engines?: Engines;
  /** One of each for one run, which may be played twice. */
  readonly checkers?: (profile: Profile) => readonly Checker[];
  /** Changes what the seed drew, to see what a failure needs. */
  readonly reshape?: (drawn: Profile) => Profile;
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
export function runSeed(options: SeedOptions): SeedResult {
  const result = judgeSeed(options);
  if (result.failure === undefined) return result;
  // Runs are many and failures few: lines are kept only when the same is played again.
  const { timeline } = replaySeed(options);
  return { ...result, failure: { ...result.failure, timeline: timeline.tail(TIMELINE_TAIL) } };
}

/** The same, without the lines that led to a failure. */
export function judgeSeed(options: SeedOptions): SeedResult {
  return playSeed(options, new Timeline({ follow: options.follow, keptMax: 0 }));
}

/** The same with all its lines. */
export function replaySeed(options: SeedOptions): {
  readonly result: SeedResult;
  readonly timeline: Timeline;
} {
  const timeline = new Timeline();
  return { result: playSeed(options, timeline), timeline };
}

/** One run on a timeline that may keep nothing; the lines of a failure are left to the caller. */
export function playSeed(
  { seed, engines = PRODUCTION, checkers = allCheckers, reshape }: SeedOptions,
  timeline: Timeline,
): SeedResult {
  const rng = new Rng(seed);
  const drawn = drawProfile(rng, new Rng(seed));
  const profile = reshape === undefined ? drawn : reshape(drawn);
  const counters = new Counters();
  const domain = new Domain({
    profile,
    engines,
    checkers: checkers(profile),
    rng,
    timeline,
    counters,
  });
  const failure = attempt(() => play(domain, profile));
  const { digest } = timeline;
  return { seed, profile, virtualMs: domain.time.now, digest, counters, failure };
}

function attempt(run: () => void): Failure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Violation) {
      return { checker: error.checker, text: error.message, timeline: [] };
    }
    // A broken promise of an engine, or a fault of the simulation itself: either is a finding.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { checker: 'exception', text, timeline: [] };
  }
}
