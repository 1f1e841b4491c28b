import type { Rng } from '@group-services/core';
import { loaded, loadOf } from './load-profile.js';
import type { Profile, SecondProfile } from './profile.js';

const SHARE = 0.08;
/** Of these: nothing happens beside. */
const ALONE_SHARE = 0.4;

/** In some seeds nodes get second daemons, among all other faults or with no fault at all. */
export function withSeconds(rng: Rng, drawn: Profile): Profile {
  const { scale, load, lasting, drains, releases, names, timing } = drawn;
  const isPlain = load === undefined && lasting === undefined && drains?.alone !== true;
  const isKept = names === 'kept' && releases === undefined;
  if (scale === 'wide' || !isPlain || !isKept || !rng.chance(SHARE)) return drawn;
  const everyMs = timing.suspectAfterMs * rng.pick([0.5, 1, 4]);
  return seconded(rng, drawn, { everyMs, alone: scale === 'usual' && rng.chance(ALONE_SHARE) });
}

/** Alone: the domain of a seed with a load, without the load. */
export function seconded(rng: Rng, drawn: Profile, seconds: SecondProfile): Profile {
  if (!seconds.alone) return { ...drawn, seconds };
  return { ...loaded(drawn, loadOf(rng, drawn.timing)), load: undefined, seconds };
}
