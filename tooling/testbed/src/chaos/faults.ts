// What a run does to a domain. Each fault says how it is taken back; what programs do with it is for the
// members' histories to tell.
import type { Program } from '../program.js';
import { etcdFaults } from './etcd-faults.js';
import { networkFaults } from './network-faults.js';
import { type Fault, type Scene, shuffled, type Undo } from './scene.js';

const CLOCK_STEPS_S = [-86_400, -3600, -5, 5, 3600];

/** Starts what does not run of these, in this order. */
export async function restart({ domain }: Scene, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    if (!domain.program(host).isRunning) await domain.startProgram(host);
  }
}

async function killed(scene: Scene, hosts: readonly string[]): Promise<Undo> {
  await Promise.all(hosts.map(async (host) => await scene.domain.program(host).kill()));
  return async () => await restart(scene, shuffled(scene.rng, hosts));
}

function paused(program: Pick<Program, 'pause' | 'resume'>): Undo {
  program.pause();
  return () => program.resume();
}

/** The node whose member is the oldest: its daemon leads, as a rule. */
function oldest({ domain, nodes, rng }: Scene): string {
  const views = [...domain.members.values()].map(({ view }) => view?.providers[0]);
  const first = views.find((provider) => provider !== undefined)?.split('/')[0];
  return first !== undefined && nodes.includes(first) ? first : rng.pick(nodes);
}

const programFaults: readonly Fault[] = [
  {
    name: 'daemon killed',
    begin: (scene) => killed(scene, [scene.rng.pick(scene.nodes)]),
  },
  { name: 'leader killed', begin: (scene) => killed(scene, [oldest(scene)]) },
  {
    name: 'several daemons killed',
    begin: (scene) => {
      const { rng, nodes } = scene;
      return killed(scene, shuffled(rng, nodes).slice(0, rng.between(2, nodes.length)));
    },
  },
  {
    name: 'everything killed',
    begin: (scene) => killed(scene, [...scene.nodes, ...scene.domain.nameServers]),
  },
  {
    name: 'daemon stopped in order',
    begin: async (scene) => {
      const node = scene.rng.pick(scene.nodes);
      await scene.domain.program(node).stop();
      return async () => await restart(scene, [node]);
    },
  },
  {
    name: 'daemon stands still',
    begin: ({ domain, rng, nodes }) => paused(domain.program(rng.pick(nodes))),
  },
  { name: 'leader stands still', begin: (scene) => paused(scene.domain.program(oldest(scene))) },
  {
    name: 'name server killed',
    begin: (scene) => killed(scene, [scene.rng.pick(scene.domain.nameServers)]),
  },
  {
    name: 'name server stands still',
    begin: ({ domain, rng }) => paused(domain.program(rng.pick(domain.nameServers))),
  },
];

const memberFaults: readonly Fault[] = [
  {
    name: 'process killed',
    begin: async ({ domain, rng, nodes }) => {
      const node = rng.pick(nodes);
      await domain.killMember(node);
      // It waits for what else is taken back, which may be after this.
      return () => domain.addMember(node, `m${domain.former.length}`).begin();
    },
  },
  {
    name: 'process stands still',
    begin: ({ domain, rng, nodes }) => paused(domain.member(rng.pick(nodes))),
  },
];

const machineFaults: readonly Fault[] = [
  {
    name: 'disk full',
    canHit: ({ disk }) => disk !== undefined,
    begin: (scene) => {
      scene.disk?.fill();
      return async () => {
        scene.disk?.free();
        await restart(scene, scene.domain.nameServers);
      };
    },
  },
  {
    name: 'clock set',
    canHit: ({ clocks }) => clocks !== undefined,
    begin: ({ clocks, domain, rng, nodes }) => {
      // It stays so: a clock that is set back is the next fault's.
      clocks?.set(rng.pick([...nodes, ...domain.nameServers]), rng.pick(CLOCK_STEPS_S));
      return () => {};
    },
  },
];

export const faults: readonly Fault[] = [
  ...programFaults,
  ...memberFaults,
  ...networkFaults,
  ...machineFaults,
  ...etcdFaults,
];
