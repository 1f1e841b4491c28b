import type { Rng } from '@group-services/core';
import { loaded, loadOf } from './load-profile.js';
import type { DrainProfile, Profile } from './profile.js';

const SHARE = 0.12;
/** Of these: nothing happens beside. */
const ALONE_SHARE = 0.3;

/** In some seeds operators drain nodes, among all other faults or with no fault at all. */
export function withDrains(rng: Rng, drawn: Profile): Profile {
  const { scale, load, timing } = drawn;
  if (scale === 'wide' || load !== undefined || !rng.chance(SHARE)) return drawn;
  const everyMs = timing.suspectAfterMs * rng.pick([0.5, 1, 4]);
  return drained(rng, drawn, { everyMs, alone: scale === 'usual' && rng.chance(ALONE_SHARE) });
}

/** Alone: the domain of a seed with a load, without the load. */
export function drained(rng: Rng, drawn: Profile, drains: DrainProfile): Profile {
  if (!drains.alone) return { ...drawn, drains };
  return { ...loaded(drawn, loadOf(rng, drawn.timing)), load: undefined, drains };
}
