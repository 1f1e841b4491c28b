import type { Rng } from '@group-services/core';
import type { VirtualTime } from '@group-services/testkit';
import type { Counters } from '../counters.js';
import type { Handles } from '../handles.js';
import type { Profile } from '../profile/profile.js';
import type { Reachability } from '../reachability.js';
import type { Timeline } from '../timeline.js';
import type { Delays } from './delays.js';
import type { Engines } from './engines.js';
import type { Spectator } from './flight.js';
import type { PeerNetwork } from './peer-network.js';
import type { Witnesses } from './witnesses.js';

/** What all parts of one simulated domain share. */
export interface Shared {
  readonly time: VirtualTime;
  readonly profile: Profile;
  readonly engines: Engines;
  readonly reachability: Reachability;
  readonly delays: Delays;
  readonly network: PeerNetwork;
  readonly handles: Handles;
  readonly witnesses: Witnesses;
  readonly timeline: Timeline;
  readonly counters: Counters;
  /** Somebody who watches frames fly; absent in runs that only count. */
  readonly spectator?: Spectator | undefined;
  /** For clocks, incarnations and when streams break; faults and workload have their own. */
  readonly rng: Rng;
}

/** Where the name server stands, for partitions. */
export const NAME_SERVER = 'ns' as const;
/** Wall-clock milliseconds at virtual time 0. */
export const WALL_CLOCK_START = 1_700_000_000_000;
