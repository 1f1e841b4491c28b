import type { Rng } from '@group-services/core';
import { NAME_SERVER } from '../world/shared.js';

/** One direction in which nothing arrives any more. */
export type Cut = readonly [from: string, to: string];

export function bothWays(one: string, other: string): readonly Cut[] {
  return [
    [one, other],
    [other, one],
  ];
}

type IsCut = (from: string, to: string) => boolean;

/** Draws the shape of a partition over the nodes and the name server. */
export function drawPartition(rng: Rng, nodes: readonly string[]): readonly Cut[] {
  const places = [NAME_SERVER, ...nodes];
  const shapes: readonly (() => IsCut)[] = [
    () => isolated(rng, rng.pick(nodes)),
    () => isolated(rng, rng.pick(nodes)),
    () => halves(rng, places),
    () => halves(rng, places),
    () => random(rng),
    () => unheardOrDeaf(rng, rng.pick(places)),
    () => bridge(rng, nodes),
    () => ring(nodes),
  ];
  const isCut = rng.pick(shapes)();
  const oneWay = rng.chance(0.25);
  return cutsOf(places, (from, to) => isCut(from, to) && (!oneWay || from < to));
}

/** Cuts one node off, with or without its way to the name server. */
export function drawIsolation(rng: Rng, node: string, nodes: readonly string[]): readonly Cut[] {
  return cutsOf([NAME_SERVER, ...nodes], isolated(rng, node));
}

function cutsOf(places: readonly string[], isCut: IsCut): readonly Cut[] {
  return places.flatMap((from) =>
    places.flatMap((to): Cut[] => (from !== to && isCut(from, to) ? [[from, to]] : [])),
  );
}

function isolated(rng: Rng, node: string): IsCut {
  const withNameServer = rng.chance(0.5);
  return (from, to) => {
    if (from !== node && to !== node) return false;
    return withNameServer || (from !== NAME_SERVER && to !== NAME_SERVER);
  };
}

/** The name server stands on either side. */
function halves(rng: Rng, places: readonly string[]): IsCut {
  const left = new Set(places.filter(() => rng.chance(0.5)));
  return (from, to) => left.has(from) !== left.has(to);
}

function random(rng: Rng): IsCut {
  const density = rng.pick([0.1, 0.3, 0.6]);
  return () => rng.chance(density);
}

function unheardOrDeaf(rng: Rng, place: string): IsCut {
  return rng.chance(0.5) ? (from) => from === place : (_from, to) => to === place;
}

/** Two halves that only one node reaches both of; the name server is reached by all. */
function bridge(rng: Rng, nodes: readonly string[]): IsCut {
  const middle = rng.pick(nodes);
  const left = new Set(nodes.filter(() => rng.chance(0.5)));
  return (from, to) => {
    if ([from, to].includes(middle) || [from, to].includes(NAME_SERVER)) return false;
    return left.has(from) !== left.has(to);
  };
}

/** Each node reaches only its neighbours, and the ring is cut open between the last and the first. */
function ring(nodes: readonly string[]): IsCut {
  return (from, to) => {
    if (from === NAME_SERVER || to === NAME_SERVER) return false;
    return Math.abs(nodes.indexOf(from) - nodes.indexOf(to)) > 1;
  };
}
