// One campaign: a domain drawn from a seed, and rounds of faults upon it while every member sends. After each
// round everything is taken back, all must come together again, and what all have seen is compared.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Rng } from '@group-services/core';
import { Domain, NAME_SERVER } from '../domain/domain.js';
import { type TransportUnderTest, tcp, udp } from '../domain/transports.js';
import { eventually, Testbed } from '../index.js';
import { Clocks } from './clocks.js';
import { Disk } from './disk.js';
import { faults } from './faults.js';
import { type Scene, shuffled, type Undo } from './scene.js';

const ROUNDS = 8;
const LONGEST_FAULT_MS = 6000;
const STORES = ['memory', 'file', 'file', 'etcd'] as const;
const RECOVERIES = ['announced', 'silent', 'name-server'] as const;
const QUIESCES = ['anticipate', 'convert', 'sync', 'ack-required'] as const;

/** What a seed has drawn. */
export interface Plan {
  readonly seed: number;
  readonly transport: TransportUnderTest;
  readonly store: (typeof STORES)[number];
  readonly nodes: readonly string[];
  readonly isolation: 'continue' | 'suspend';
  readonly recovery: (typeof RECOVERIES)[number];
  readonly quiesce: (typeof QUIESCES)[number];
}

export interface CampaignResult {
  readonly plan: string;
  readonly seed: number;
  /** Names of the faults, round by round. */
  readonly rounds: ReadonlyArray<readonly string[]>;
  readonly messages: number;
  readonly memberships: number;
  /** What was broken, with what the programs said; undefined: nothing. */
  readonly failure: { readonly reason: string; readonly transcript: string } | undefined;
}

export function planOf(seed: number, hasEtcd: boolean): Plan {
  const rng = new Rng(seed);
  const size = rng.between(3, 7);
  const store = rng.pick(STORES);
  return {
    seed,
    transport: rng.pick([tcp, tcp, udp]),
    store: store === 'etcd' && !hasEtcd ? 'file' : store,
    nodes: Array.from({ length: size }, (_, index) => `n${index + 1}`),
    isolation: rng.pick(['continue', 'suspend']),
    recovery: rng.pick(RECOVERIES),
    quiesce: rng.pick(QUIESCES),
  };
}

export function told({ transport, store, nodes, isolation, recovery, quiesce }: Plan): string {
  return `${nodes.length} daemons, ${transport.name}, ${store}, ${isolation}, ${recovery}, ${quiesce}`;
}

/** Runs a plan until its rounds are over, `isOver` says so, or a promise was broken. */
export async function campaign(
  plan: Plan,
  isOver: () => boolean,
  say: (line: string) => void,
): Promise<CampaignResult> {
  const isOnEtcd = plan.store === 'etcd';
  const nameServers = isOnEtcd ? ['ns', 'ns2'] : [NAME_SERVER];
  const etcds = isOnEtcd ? ['e1', 'e2', 'e3'] : [];
  const bed = await Testbed.create({ hosts: [...nameServers, ...etcds, ...plan.nodes] });
  const disk = plan.store === 'file' ? Disk.mount(join(bed.folder, 'disk')) : undefined;
  const clocks = Clocks.create(bed.folder);
  const rounds: string[][] = [];
  const result = (domain: Domain | undefined, failure?: CampaignResult['failure']) => ({
    ...{ plan: told(plan), seed: plan.seed, rounds, failure },
    ...counts(domain),
  });
  let domain: Domain | undefined;
  try {
    domain = await Domain.start(
      {
        ...{ bed, transport: plan.transport, store: plan.store, nameServers, etcds },
        storeFolder: disk === undefined ? undefined : join(disk.folder, 'store'),
        nameServer: ['--leader-recovery', plan.recovery, '--isolation', plan.isolation],
        daemon: ['--quiesce', plan.quiesce],
        runner: (host) => clocks?.runner(host) ?? [],
      },
      plan.nodes,
    );
    const rng = new Rng(plan.seed).fork();
    const scene: Scene = { bed, domain, nodes: plan.nodes, rng, clocks, disk };
    while (rounds.length < ROUNDS && !isOver()) {
      const names: string[] = [];
      rounds.push(names);
      await round(scene, names, say);
    }
    return result(domain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return result(domain, { reason, transcript: bed.transcript() });
  } finally {
    disk?.unmount();
    await bed.close();
  }
}

async function round(scene: Scene, names: string[], say: (line: string) => void): Promise<void> {
  const { bed, domain, rng } = scene;
  for (const member of domain.members.values()) member.flow();
  const undos: Undo[] = [];
  const possible = faults.filter(({ canHit }) => canHit?.(scene) ?? true);
  for (const { name, begin } of shuffled(rng, possible).slice(0, rng.between(1, 3))) {
    names.push(name);
    undos.push(await begin(scene));
    // As often short as long: many faults show only at the edge of a limit.
    await pause(Math.ceil(LONGEST_FAULT_MS ** rng.next()));
  }
  say(names.join(' + '));
  await bed.heal();
  for (const undo of undos) await undo();
  await everythingRuns(scene);
  await domain.comesTogether();
}

/** A program that has ended by itself has said why; somebody starts it again. */
async function everythingRuns({ domain, nodes }: Scene): Promise<void> {
  domain.startEtcds();
  for (const host of [...domain.nameServers, ...nodes]) {
    await eventually(
      () => `${host} can be started`,
      async () => {
        if (domain.program(host).isRunning) return true;
        return await domain.startProgram(host).then(
          () => true,
          () => false,
        );
      },
    );
  }
}

function counts(domain: Domain | undefined): { messages: number; memberships: number } {
  const all = [...(domain?.members.values() ?? []), ...(domain?.former ?? [])];
  return {
    messages: all.reduce((sum, { outcomes }) => sum + outcomes.size, 0),
    memberships: all.reduce((sum, { lives }) => sum + lives.length, 0),
  };
}
