// What a simulated process has around it: the run, as far as a process knows of it.
import type { Network } from './network.js';
import type { Plan } from './plan.js';
import type { SimLink } from './sim-link.js';
import type { World } from './world.js';

export interface Surroundings {
  readonly plan: Plan;
  readonly world: World;
  readonly network: Network;
  readonly dialler: { receive(remote: string, bytes: Uint8Array): void };
  readonly listeners: ReadonlyMap<
    string,
    { readonly isAlive: boolean; receive(remote: string, bytes: Uint8Array): void }
  >;
  readonly handed: (link: SimLink, frame: Uint8Array) => void;
  /** Nobody has it twice in a run. */
  newId(): Uint8Array;
  stands(link: SimLink): void;
  over(link: SimLink, address: string): void;
  castOut(datagram: Uint8Array): void;
}
