import type { Rng } from '@group-services/core';
import type { Lengths, NetworkProfile, Profile, Timing } from './profile.js';

/** What lengths are drawn for. */
interface Drawn {
  readonly scale: Profile['scale'];
  readonly timing: Timing;
  readonly network: NetworkProfile;
}

/**
 * The bound of the liveness checkers: so many suspicion times, leases and round trips after the last
 * fault (`docs/TESTING.md`).
 */
const LIVENESS_SUSPICIONS = 16;
const LIVENESS_LEASES = 6;
const LIVENESS_ROUND_TRIPS = 20;
/** Shares of the usual runs; the rest lasts as long as was drawn first. */
const SHORT_SHARE = 0.6;
const MIDDLE_SHARE = 0.3;
const PATIENT_SHARE = 0.1;

/**
 * Many short runs reach more than few long ones: most defects need two or three faults close to each
 * other, and each run begins with another domain. Some are long for what has to add up first.
 *
 * @param variants Draws what was added later, so that the rest of a seed does not depend on it.
 */
export function drawLengths(rng: Rng, variants: Rng, drawn: Drawn): Lengths {
  const { suspectAfterMs, leaseMs } = drawn.timing;
  const { delayMinMs, delayMeanMs } = drawn.network;
  const safetyMs = drawSafety(rng, drawn);
  const shortened = shorten(variants, suspectAfterMs);
  return {
    safetyMs: drawn.scale === 'usual' ? Math.min(safetyMs, shortened) : safetyMs,
    livenessMs:
      LIVENESS_SUSPICIONS * suspectAfterMs +
      LIVENESS_LEASES * leaseMs +
      LIVENESS_ROUND_TRIPS * 2 * (delayMinMs + 2 * delayMeanMs),
    patient: variants.chance(PATIENT_SHARE),
  };
}

function drawSafety(rng: Rng, { scale, timing: { suspectAfterMs } }: Drawn): number {
  if (scale === 'long') return rng.between(60, 600) * 1000;
  if (scale === 'wide') return suspectAfterMs * rng.between(4, 8);
  return suspectAfterMs * rng.between(8, 24);
}

function shorten(variants: Rng, suspectAfterMs: number): number {
  const choice = variants.next();
  if (choice < SHORT_SHARE) return suspectAfterMs * variants.between(3, 6);
  if (choice < SHORT_SHARE + MIDDLE_SHARE) return suspectAfterMs * variants.between(6, 10);
  return Number.POSITIVE_INFINITY;
}
