import { Rng } from '@group-services/core';

import { mutated } from './mutate.js';
import type { Target } from './target.js';

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

/** How many of all inputs each reader gets, evenly but for the slow ones. */
export function sharesOf(targets: readonly Target[], inputs: number): readonly number[] {
  const weights = targets.map(({ isSlow }) => (isSlow === true ? 1 / SLOW_SHARE : 1));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.ceil((inputs * weight) / all));
}

/** Gives a reader so many inputs; the same seed gives the same ones. */
export async function fuzz(target: Target, inputs: number, seed: number): Promise<Outcome> {
  const rng = new Rng(seed);
  const findings: Finding[] = [];
  let accepted = 0;
  const begun = performance.now();
  let number = 0;
  for (; number < inputs && findings.length < FINDINGS_MAX; number += 1) {
    const input = mutated(rng, target.corpus);
    const begun = performance.now();
    let why: string | undefined;
    try {
      const answer = target.read(input);
      // Most answer at once, and waiting would cost more than they do.
      const isAccepted: boolean = typeof answer === 'boolean' ? answer : await answer;
      if (isAccepted) accepted += 1;
    } catch (error) {
      why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const tookMs = performance.now() - begun;
    if (tookMs > SLOW_MS) why ??= `it took ${Math.round(tookMs)} ms`;
    if (why === undefined) continue;
    const hex = Buffer.from(input).toString('hex');
    findings.push({ target: target.name, seed, number, input: hex, why });
  }
  const seconds = Math.max(0.001, (performance.now() - begun) / 1000);
  const perSecond = Math.round(number / seconds);
  return { target: target.name, inputs: number, accepted, perSecond, findings };
}
