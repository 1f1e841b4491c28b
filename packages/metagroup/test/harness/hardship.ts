import { type DaemonId, daemonOf, type MembershipId, nodeOf, type Rng } from '@group-services/core';
import type { Domain } from './domain.js';
import { GROUP, type TestNode } from './node.js';

const STORM_SHARE = 0.2;
const SUCCESSION_SHARE = 0.25;
const SHORT_LIVES_SHARE = 0.25;
/** Share of the leaders that do not last, where lives are short. */
const LEADER_DIES = 0.3;
/** Loss on the way between the name server and whom it hardly hears. */
const UNHEARD_LOSS = 0.9;

/** What a hardship does to the run. */
export interface HardshipPorts {
  readonly domain: Domain;
  readonly leave: (node: TestNode) => void;
  readonly kill: (name: string) => void;
}

/** Lost messages from the last one that is not repeated unasked until the faults end. */
interface Storm {
  readonly lastsMs: number;
  readonly loss: number;
  /** Whether it takes SYNC alone, and the rest is as lossy as before. */
  readonly onlySync: boolean;
}

/** A member joins anew, and so much later the leader dies. */
interface Succession {
  readonly at: number;
  readonly leaderLastsMs: number;
}

/**
 * What makes a share of the runs harder than their weather, each for defects that hardly show without:
 *
 * - a storm behind the last message, where SYNC alone repairs;
 * - a succession: a member joins anew, the leader dies, and the next in line, which has said nothing
 *   in between, hardly reaches the name server, so that the newcomer may lead in its place. Apart from
 *   the weather nothing else goes wrong then, so that what comes of it stays;
 * - short lives: leaders die when they have hardly begun, with what only they have of their takeover.
 */
export class Hardship {
  readonly #rng: Rng;
  readonly #ports: HardshipPorts;
  readonly #storm: Storm | undefined;
  readonly #succession: Succession | undefined;
  readonly #leaderDies: number;
  readonly #leaderLastsMs: number;
  #stormy = false;
  #silent: string | undefined;
  #unheard: string | undefined;
  #over = false;

  constructor(rng: Rng, ports: HardshipPorts) {
    this.#rng = rng;
    this.#ports = ports;
    this.#storm = rng.chance(STORM_SHARE) ? drawStorm(rng) : undefined;
    this.#succession = rng.chance(SUCCESSION_SHARE) ? drawSuccession(rng) : undefined;
    this.#leaderDies = rng.chance(SHORT_LIVES_SHARE) ? LEADER_DIES : 0;
    this.#leaderLastsMs = rng.between(1, 20);
  }

  /** How long before the faults end nobody talks any more; without a storm `usual`. */
  quiet(usual: number): number {
    return this.#storm?.lastsMs ?? usual;
  }

  /** Arranges everything; the faults end at `end`. */
  schedule(end: number): void {
    const { time } = this.#ports.domain;
    const storm = this.#storm;
    if (storm !== undefined) {
      time.at(end - storm.lastsMs, () => {
        this.#stormy = true;
      });
    }
    const succession = this.#succession;
    if (succession !== undefined) time.at(succession.at, () => this.#succeed(succession));
    time.at(end, () => {
      this.#over = true;
    });
  }

  /** Whether a message between nodes is lost. */
  takes(kind: string): boolean {
    const storm = this.#storm;
    if (storm === undefined || !this.#stormy || this.#over) return false;
    return (!storm.onlySync || kind === 'sync') && this.#rng.chance(storm.loss);
  }

  /** Whether a message between this daemon and the name server is lost. */
  cutsOff(daemon: DaemonId): boolean {
    const unheard = !this.#over && nodeOf(daemon) === this.#unheard;
    return unheard && this.#rng.chance(UNHEARD_LOSS);
  }

  isSilent({ name }: TestNode): boolean {
    return name === this.#silent;
  }

  /** Whether nothing else is to go wrong. */
  get enough(): boolean {
    return this.#unheard !== undefined;
  }

  /** A takeover is complete. */
  leads({ name, incarnation }: TestNode): void {
    if (this.#over || !this.#rng.chance(this.#leaderDies)) return;
    const { domain, kill } = this.#ports;
    domain.time.after(this.#rng.between(0, this.#leaderLastsMs), () => {
      const node = domain.node(name);
      if (!this.#over && node.up && node.incarnation === incarnation) kill(name);
    });
  }

  #succeed({ leaderLastsMs }: Succession): void {
    const { domain, leave, kill } = this.#ports;
    const entry = domain.nameServer.entries.get(GROUP);
    if (entry === undefined) return;
    const others = entry.members.map(({ id }) => id).filter((id) => id !== entry.leader);
    const [next, ...later] = others.map(nameOf).map((name) => domain.node(name));
    const newcomers = later.filter(({ up }) => up);
    if (next === undefined || newcomers.length === 0) return;
    this.#unheard = next.name;
    this.#silent = next.name;
    leave(this.#rng.pick(newcomers));
    domain.time.after(leaderLastsMs, () => {
      this.#silent = undefined;
      const leader = domain.daemon(daemonOf(entry.leader));
      if (leader !== undefined) kill(leader.name);
    });
  }
}

function nameOf(member: MembershipId): string {
  return nodeOf(daemonOf(member));
}

function drawStorm(rng: Rng): Storm {
  const onlySync = rng.chance(0.5);
  const loss = onlySync ? 0.3 + rng.next() * 0.6 : 0.1 + rng.next() * 0.4;
  return { lastsMs: rng.between(500, 900), loss, onlySync };
}

function drawSuccession(rng: Rng): Succession {
  return { at: rng.between(500, 1_000), leaderLastsMs: rng.between(100, 300) };
}
