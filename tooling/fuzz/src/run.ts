import { Rng } from '@group-services/core';

import { mutated } from './mutate.js';
import type { Target } from './targets.js';

/** One input at which a reader threw or took too long. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  /** Which input of that seed. */
  readonly number: number;
  readonly input: string;
  readonly why: string;
}

export interface Outcome {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly perSecond: number;
  readonly findings: readonly Finding[];
}

/** Far more than any input of this size needs; a machine that is busy may stand still for a while. */
const SLOW_MS = 2_000;
const FINDINGS_MAX = 10;

/** A slow reader gets so much less. */
const SLOW_SHARE = 20;

/** Gives a reader so many inputs, a slow one a part of them; the same seed gives the same ones. */
export function fuzz(target: Target, share: number, seed: number): Outcome {
  const inputs = target.isSlow === true ? Math.ceil(share / SLOW_SHARE) : share;
  const rng = new Rng(seed);
  const findings: Finding[] = [];
  let accepted = 0;
  const begun = performance.now();
  let number = 0;
  for (; number < inputs && findings.length < FINDINGS_MAX; number += 1) {
    const input = mutated(rng, target.corpus);
    const why = problemOf(target, input, () => {
      accepted += 1;
    });
    if (why === undefined) continue;
    const hex = Buffer.from(input).toString('hex');
    findings.push({ target: target.name, seed, number, input: hex, why });
  }
  const seconds = Math.max(0.001, (performance.now() - begun) / 1000);
  const perSecond = Math.round(number / seconds);
  return { target: target.name, inputs: number, accepted, perSecond, findings };
}

function problemOf(target: Target, input: Uint8Array, accepted: () => void): string | undefined {
  const begun = performance.now();
  try {
    if (target.read(input)) accepted();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const tookMs = performance.now() - begun;
  return tookMs > SLOW_MS ? `it took ${Math.round(tookMs)} ms` : undefined;
}
