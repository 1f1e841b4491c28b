import type { Rng } from '@group-services/core';
import { loaded, loadOf, NO_FAULTS } from './load-profile.js';
import type { FaultProfile, Profile } from './profile.js';

const SHARE = 0.02;

/** In some seeds nothing fails but the name server and what leads to it. */
export function withNameServerAlone(rng: Rng, drawn: Profile): Profile {
  const { scale, load, lasting, drains, seconds, releases } = drawn;
  const isPlain = [load, lasting, drains, seconds, releases].every((each) => each === undefined);
  if (scale !== 'usual' || !isPlain || !rng.chance(SHARE)) return drawn;
  return nameServerAlone(rng, drawn);
}

/**
 * The domain of a seed with a load, without the load: its name server starts anew again and again. Groups go on
 * without it, so that there is no reason to remove anybody.
 */
export function nameServerAlone(rng: Rng, drawn: Profile): Profile {
  const calm = loaded(drawn, loadOf(rng, drawn.timing));
  const { suspectAfterMs } = drawn.timing;
  const faults: FaultProfile = {
    ...NO_FAULTS,
    nameServerCrash: suspectAfterMs * rng.pick([2, 4]),
    nameServerLink: suspectAfterMs * rng.pick([1, 4]),
    outageMaxMs: suspectAfterMs * rng.pick([1, 8]),
  };
  return { ...calm, load: undefined, isolation: 'continue', faults, nameServerAlone: true };
}
