import { type Fault, type Scene, shuffled, type Undo } from './scene.js';

const onEtcd = ({ domain }: Scene): boolean => domain.etcds.length > 0;

async function killed({ domain }: Scene, hosts: readonly string[]): Promise<Undo> {
  await Promise.all(hosts.map(async (host) => await domain.program(host).kill()));
  return () => domain.startEtcds();
}

export const etcdFaults: readonly Fault[] = [
  {
    name: 'etcd member killed',
    canHit: onEtcd,
    begin: (scene) => killed(scene, [scene.rng.pick(scene.domain.etcds)]),
  },
  {
    name: 'most of etcd killed',
    canHit: onEtcd,
    begin: (scene) => killed(scene, shuffled(scene.rng, scene.domain.etcds).slice(0, 2)),
  },
  {
    name: 'etcd member stands still',
    canHit: onEtcd,
    begin: ({ domain, rng }) => {
      const program = domain.program(rng.pick(domain.etcds));
      program.pause();
      return () => program.resume();
    },
  },
  {
    name: 'a name server cut from etcd',
    canHit: onEtcd,
    begin: async ({ bed, domain, rng }) => {
      const nameServer = rng.pick(domain.nameServers);
      for (const etcd of domain.etcds) {
        await bed.cut({ from: nameServer, to: etcd });
        await bed.cut({ from: etcd, to: nameServer });
      }
      return () => {};
    },
  },
];
