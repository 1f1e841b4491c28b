import type { Rng } from '@group-services/core';
import { WIRE_MINOR } from '@group-services/wire';

/** Programs of two releases in one domain. */
export interface ReleaseProfile {
  /** Who speaks minor 0 when it starts first: by place, the name server's before those of the nodes. */
  readonly older: readonly boolean[];
  /** Whether all are replaced one by one; otherwise each speaks the same to the end. */
  readonly upgrade: boolean;
}

/** More than there are nodes. */
const PLACES = 64;
const MIXED_SHARE = 0.2;
const UPGRADE_SHARE = 0.1;

/** `calm`: nobody may be stopped, not even to be replaced. */
export function drawReleases(rng: Rng, { calm }: { calm: boolean }): ReleaseProfile | undefined {
  const choice = rng.next();
  const older = Array.from({ length: PLACES }, () => rng.chance(0.5));
  if (choice < MIXED_SHARE) return { older, upgrade: false };
  if (choice >= MIXED_SHARE + UPGRADE_SHARE) return undefined;
  return calm ? { older, upgrade: false } : { older: older.map(() => true), upgrade: true };
}

/** What the program at this place speaks in its so many-th start. */
export function minorOf(
  releases: ReleaseProfile | undefined,
  place: number,
  starts: number,
): number {
  if (releases?.older[place] !== true) return WIRE_MINOR;
  return releases.upgrade && starts > 1 ? WIRE_MINOR : 0;
}
