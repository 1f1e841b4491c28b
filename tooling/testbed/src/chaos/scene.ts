import type { Rng } from '@group-services/core';
import type { Domain } from '../domain/domain.js';
import type { Testbed } from '../index.js';
import type { Clocks } from './clocks.js';
import type { Disk } from './disk.js';

/** What a fault can get hold of. */
export interface Scene {
  readonly bed: Testbed;
  readonly domain: Domain;
  readonly nodes: readonly string[];
  readonly rng: Rng;
  /** Undefined where programs have the machine's clock. */
  readonly clocks: Clocks | undefined;
  /** The disk of a `file:` store; undefined where there is none of its own. */
  readonly disk: Disk | undefined;
}

/** Takes a fault back; the network is healed before. */
export type Undo = () => Promise<void> | void;

export interface Fault {
  readonly name: string;
  readonly canHit?: (scene: Scene) => boolean;
  readonly begin: (scene: Scene) => Promise<Undo> | Undo;
}

/** The same in an order that is drawn. */
export function shuffled<T>(rng: Rng, list: readonly T[]): readonly T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(rng.between(0, rest.length - 1), 1));
}
