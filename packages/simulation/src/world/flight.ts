import type { Instant } from '@group-services/core';
import type { DaemonMessage } from '@group-services/wire';

/** One frame on its way between two places, for somebody who watches a domain; nothing depends on it. */
export interface Flight {
  readonly from: string;
  readonly to: string;
  readonly sentAt: Instant;
  /** When it is expected; a cut that comes in between stops it all the same. */
  readonly arrivesAt: Instant;
  readonly isCut: boolean;
  readonly frame: Uint8Array;
  /** What it says, between daemons; what is said to and by the name server is read from the frame. */
  readonly message: DaemonMessage | undefined;
}

export type Spectator = (flight: Flight) => void;
