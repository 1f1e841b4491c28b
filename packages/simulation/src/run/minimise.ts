import type { FaultProfile, Profile } from '../profile/profile.js';
import { Timeline } from '../timeline.js';
import { playSeed, type SeedOptions } from './run-seed.js';

/** A smaller run of the same seed in which the same statement fails. */
export interface Minimised {
  readonly profile: Profile;
  /** What could be switched off or made smaller, in words. */
  readonly without: readonly string[];
  readonly reruns: number;
}

interface Reduction {
  readonly name: string;
  readonly apply: (profile: Profile) => Profile;
}

const RERUNS_MAX = 60;

/**
 * Switches off one kind of fault, one part of the profile after the other and shortens the run, and
 * keeps each change with which the same checker still objects. Another draw follows from every change,
 * so a smaller run is one more run that fails, not the same run with less in it.
 */
export function minimise(options: SeedOptions, rerunsMax: number = RERUNS_MAX): Minimised {
  const first = playSeed(options, silent());
  const checker = first.failure?.checker;
  let { profile } = first;
  let reruns = 0;
  const without: string[] = [];
  const tries = (candidate: Profile): boolean => {
    reruns += 1;
    const again = playSeed({ ...options, reshape: () => candidate }, silent());
    return again.failure?.checker === checker;
  };
  let shrunk = checker !== undefined;
  while (shrunk) {
    shrunk = false;
    for (const { name, apply } of reductions(profile)) {
      if (reruns >= rerunsMax) return { profile, without, reruns };
      const candidate = apply(profile);
      if (JSON.stringify(candidate) === JSON.stringify(profile) || !tries(candidate)) continue;
      profile = candidate;
      shrunk = true;
      without.push(name);
    }
  }
  return { profile, without, reruns };
}

/** Whole parts first, then one kind at a time. */
function reductions(profile: Profile): readonly Reduction[] {
  const kinds = Object.keys(profile.faults) as (keyof FaultProfile)[]; // Its own keys, no others.
  const on = kinds.filter((kind) => !kind.endsWith('Ms') && isOn(profile.faults[kind]));
  return [
    { name: 'any fault', apply: (from) => ({ ...from, faults: on.reduce(off, from.faults) }) },
    { name: 'loss, doubling and late messages', apply: calmNetwork },
    {
      name: 'half of the safety phase',
      apply: (from) => ({ ...from, safetyMs: Math.ceil(from.safetyMs / 2) }),
    },
    { name: 'one daemon', apply: (from) => ({ ...from, daemons: Math.max(1, from.daemons - 1) }) },
    { name: 'other groups', apply: (from) => ({ ...from, groups: 1 }) },
    { name: 'other clients of a daemon', apply: (from) => ({ ...from, clients: 1 }) },
    {
      name: 'a different rate of clocks',
      apply: (from) => ({ ...from, timing: { ...from.timing, clockDrift: 0 } }),
    },
    { name: 'bursts and large messages', apply: plainWorkload },
    { name: 'sleep', apply: (from) => ({ ...from, sleeps: false }) },
    { name: 'the lasting fault', apply: (from) => ({ ...from, lasting: undefined }) },
    { name: 'watched nodes', apply: (from) => ({ ...from, watched: false }) },
    { name: 'renewals by digest', apply: (from) => ({ ...from, byDigest: false }) },
    { name: 'groups that depend', apply: (from) => ({ ...from, dependent: false }) },
    { name: 'older releases', apply: (from) => ({ ...from, releases: undefined }) },
    { name: 'votes', apply: (from) => ({ ...from, voting: undefined }) },
    ...on.map((kind) => ({
      name: `faults: ${kind}`,
      apply: (from: Profile) => ({ ...from, faults: off(from.faults, kind) }),
    })),
  ];
}

function isOn(value: FaultProfile[keyof FaultProfile]): boolean {
  return value !== undefined && value !== 0 && value !== false;
}

function off(faults: FaultProfile, kind: keyof FaultProfile): FaultProfile {
  const value = faults[kind];
  if (typeof value === 'boolean') return { ...faults, [kind]: false };
  // The two that are a chance and a number; all others are a mean time that may be missing.
  const nought = kind === 'targeted' || kind === 'oneWayLinks' ? 0 : undefined;
  return { ...faults, [kind]: nought };
}

function calmNetwork(from: Profile): Profile {
  const calm = { loss: 0, duplication: 0, answerDuplication: 0, reordering: 0, slowShare: 0 };
  return { ...from, network: { ...from.network, ...calm, tailChance: 0 } };
}

function plainWorkload(from: Profile): Profile {
  const plain = { burstMax: 1, payloadMax: 64, floodChance: 0, bundleMax: 1, labelled: false };
  return { ...from, workload: { ...from.workload, ...plain } };
}

function silent(): Timeline {
  return new Timeline({ keptMax: 0 });
}
