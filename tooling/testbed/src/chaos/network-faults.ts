import { type Fault, type Scene, shuffled } from './scene.js';

/** All of them end with the network's healing. */
const nothing = (): void => {};

function fault(name: string, act: (scene: Scene) => Promise<void>): Fault {
  return {
    name,
    begin: async (scene) => {
      await act(scene);
      return nothing;
    },
  };
}

export const networkFaults: readonly Fault[] = [
  fault('hosts parted', async ({ bed, rng }) => {
    const hosts = shuffled(rng, bed.hosts);
    await bed.partition([hosts.slice(0, rng.between(1, hosts.length - 1))]);
  }),
  fault('one direction cut', async ({ bed, rng }) => {
    const [from = '', to = ''] = shuffled(rng, bed.hosts);
    await bed.cut({ from, to });
  }),
  fault('a pair cut', async ({ bed, rng }) => {
    const [one = '', other = ''] = shuffled(rng, bed.hosts);
    await bed.cut({ from: one, to: other });
    await bed.cut({ from: other, to: one });
  }),
  fault('frames lost', async ({ bed, rng }) => await bed.loss(rng.between(1, 8))),
  fault('frames doubled and overtaken', async ({ bed, rng }) => {
    await bed.duplicate(rng.between(1, 20));
    await bed.reorder(rng.between(1, 20));
  }),
  fault('frames delayed', async ({ bed, rng }) => {
    const ms = rng.between(1, 60);
    await bed.delay({ ms, jitterMs: Math.floor(ms / 2) });
  }),
];
