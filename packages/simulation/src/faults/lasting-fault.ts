import type { Rng } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { LastingFault, Profile } from '../profile/profile.js';
import { NAME_SERVER } from '../world/shared.js';
import { bothWays, type Cut } from './partitions.js';

/** What such a fault is between, and who dies beside it. */
export interface Apart {
  readonly node: string;
  readonly cuts: readonly Cut[];
  /** Undefined: nobody can die without taking a group along. */
  readonly victim: string | undefined;
}

const LASTING_SHARE = 0.15;

/** Some seeds have one, between the faults and the end of all of them. */
export function drawLasting(rng: Rng, scale: Profile['scale']): LastingFault | undefined {
  if (scale !== 'usual' || !rng.chance(LASTING_SHARE)) return undefined;
  return {
    who: rng.pick(['leader', 'leader', 'member']),
    way: rng.pick(['both', 'both', 'to', 'from']),
  };
}

/**
 * Where a domain at rest can have this fault so that the rest must go on: every group has somebody with
 * its state who keeps in contact, and keeps it when the victim is gone. Undefined: nowhere.
 */
export function placeLasting(
  { who, way }: LastingFault,
  entries: readonly Entry[],
): Apart | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const leader = nodeOfMember(first.leader);
  const others = first.members.map(({ id }) => nodeOfMember(id)).filter((node) => node !== leader);
  const node = who === 'leader' ? leader : others[0];
  if (node === undefined || !survives(entries, [node])) return undefined;
  const victim = others.findLast((other) => other !== node && survives(entries, [node, other]));
  const [to, from] = bothWays(node, NAME_SERVER);
  const cuts = [to, from].filter(
    (cut): cut is Cut =>
      cut !== undefined && (way === 'both' || cut === (way === 'to' ? to : from)),
  );
  return { node, cuts, victim };
}

function survives(entries: readonly Entry[], without: readonly string[]): boolean {
  return entries.every(({ members }) =>
    members.some(({ id, full }) => full && !without.includes(nodeOfMember(id))),
  );
}

function nodeOfMember(id: string): string {
  return id.slice(0, id.indexOf('.'));
}
