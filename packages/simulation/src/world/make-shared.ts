import type { Rng } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import type { Checker } from '../checkers/checker.js';
import type { Counters } from '../counters.js';
import { Handles } from '../handles.js';
import type { Profile } from '../profile/profile.js';
import { Reachability } from '../reachability.js';
import type { Timeline } from '../timeline.js';
import { Delays } from './delays.js';
import type { Engines } from './engines.js';
import type { Spectator } from './flight.js';
import { PeerNetwork } from './peer-network.js';
import type { Shared } from './shared.js';
import { Witnesses } from './witnesses.js';

/** What a simulated domain is made from. */
export interface DomainOptions {
  readonly profile: Profile;
  readonly engines: Engines;
  readonly checkers: readonly Checker[];
  readonly rng: Rng;
  readonly timeline: Timeline;
  readonly counters: Counters;
  readonly spectator?: Spectator | undefined;
}

/** Everything that lies around the programs of one domain: time, the network, and whoever watches. */
export function makeShared(options: DomainOptions): Shared {
  const { profile, engines, checkers, rng, timeline, counters, spectator } = options;
  const time = new VirtualTime();
  const reachability = new Reachability();
  const delays = new Delays(rng.fork(), profile.network);
  const witnesses = new Witnesses(checkers);
  const handles = new Handles(witnesses);
  const dialTimeoutMs = profile.timing.suspectAfterMs;
  const around = { time, reachability, delays, timeline, counters, spectator };
  const network = new PeerNetwork({ ...around, dialTimeoutMs });
  return { ...around, profile, engines, network, handles, witnesses, rng: rng.fork() };
}
