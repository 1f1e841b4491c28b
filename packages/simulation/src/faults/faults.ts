import type { Rng } from '@group-services/core';
import type { Branch } from '@group-services/daemon-engine';
import type { ClientProcess } from '../processes/client-process.js';
import type { FaultRates, LoadProfile } from '../profile/profile.js';
import type { DaemonNode } from '../world/daemon-node.js';
import type { NameServerNode } from '../world/name-server-node.js';
import { NAME_SERVER, type Shared } from '../world/shared.js';
import { FaultTimes } from './fault-times.js';
import { bothWays, type Cut, drawIsolation, drawPartition } from './partitions.js';

/**
 * Injects faults of every kind that the seed switched on, at its rates, until {@link Faults.heal}.
 *
 * Whatever a fault takes away is given back after a drawn time: daemons and the name server start
 * again, partitions end, paused processes go on.
 */
export class Faults {
  readonly #shared: Shared;
  readonly #victims: Victims;
  readonly #rng: Rng;
  readonly #times: FaultTimes;
  readonly #nodes: readonly string[];
  #healed = false;

  constructor(shared: Shared, victims: Victims, rng: Rng) {
    this.#shared = shared;
    this.#victims = victims;
    this.#rng = rng;
    this.#times = new FaultTimes(shared.profile, rng);
    this.#nodes = victims.daemons.map(({ node }) => node);
  }

  start(): void {
    const { faults, safetyMs } = this.#shared.profile;
    const kinds: readonly (readonly [keyof FaultRates, () => void])[] = [
      ['daemonCrash', () => this.#crashDaemon(this.#anyDaemon(), 'crashes')],
      ['daemonStop', () => this.#stopDaemon()],
      ['pause', () => this.#pauseDaemon(this.#anyDaemon())],
      ['partition', () => this.#partition()],
      ['linkReset', () => this.#resetLink()],
      ['halfOpen', () => this.#halfOpen()],
      ['stall', () => this.#stall()],
      ['nameServerCrash', () => this.#crashNameServer()],
      ['nameServerLink', () => this.#breakNameServerLink()],
      ['nameServerPause', () => this.#pauseNameServer()],
      ['outdatedRecovery', () => this.#recoverOutdated()],
      ['clientKill', () => this.#killClient()],
      ['clientDeaf', () => this.#deafenClient()],
      ['clockJump', () => this.#jumpClock()],
      ['storeChange', () => this.#changeStore()],
      ['lateAnswers', () => this.#answerLate()],
    ];
    for (const [kind, inject] of kinds) this.#repeat(faults[kind], inject);
    const { pace, load } = this.#shared.profile;
    this.#repeat(pace.slowReader, () => this.#slowClient());
    if (load !== undefined) this.#repeat(load.everyMs, () => this.#burden(load));
    for (let i = 0; i < faults.oneWayLinks; i += 1) this.#cutOneWay();
    if (faults.everythingStops) {
      this.#after(this.#rng.next() * safetyMs, () => this.#stopEverything());
    }
  }

  /** Ends every fault, gives everything back, and injects no more. */
  heal(): void {
    this.#healed = true;
    const { reachability, delays, network } = this.#shared;
    reachability.mendAll();
    delays.calmDown();
    network.calmDown();
    const { nameServer, daemons, clients } = this.#victims;
    nameServer.crashAfterOutputs(Number.MAX_SAFE_INTEGER);
    nameServer.burden.inputMs = 0;
    nameServer.resume();
    nameServer.start();
    for (const daemon of daemons) {
      daemon.burden.inputMs = 0;
      daemon.holdDown('released');
      daemon.crashAfterOutputs(Number.MAX_SAFE_INTEGER);
      daemon.resume();
      daemon.start();
    }
    for (const client of clients) client.setReading('on');
  }

  /** These last when all other faults have ended. */
  keep(cuts: readonly Cut[]): void {
    for (const [from, to] of cuts) this.#shared.reachability.cut(from, to);
  }

  /** A protocol reached a branch at this daemon: the seed may want it to be hit right there. */
  branchReached(daemon: DaemonNode, branch: Branch): void {
    if (this.#healed || !this.#rng.chance(this.#shared.profile.faults.targeted)) return;
    this.#shared.counters.count(`fault at branch: ${branch}`);
    if (this.#shared.profile.voting !== undefined && this.#rng.chance(PROCESS_SHARE)) {
      this.#killClientOf(daemon);
      return;
    }
    const choice = this.#rng.next();
    if (choice < 0.5) {
      daemon.crashAfterOutputs(this.#rng.between(0, 6));
      this.#after(this.#times.outage(), () => daemon.start());
    } else if (choice < 0.7) {
      const delay = this.#rng.next() * 4 * this.#shared.profile.network.delayMeanMs;
      this.#after(delay, () => this.#crashDaemon(daemon, `crashes after ${branch}`));
    } else if (choice < 0.85) this.#after(0, () => this.#pauseDaemon(daemon));
    else this.#cut(drawIsolation(this.#rng, daemon.node, this.#nodes));
  }

  #crashDaemon(daemon: DaemonNode, why: string): void {
    if (daemon.id === undefined) return;
    this.#count('daemon crash');
    daemon.crash(why);
    this.#after(this.#times.outage(), () => daemon.start());
  }

  #stopDaemon(): void {
    this.#count('daemon stop');
    this.#anyDaemon().stop();
  }

  #pauseDaemon(daemon: DaemonNode): void {
    if (daemon.id === undefined || daemon.isPaused) return;
    const { sleeps } = this.#shared.profile;
    this.#count(sleeps ? 'daemon asleep' : 'daemon pause');
    this.#note(daemon.node, sleeps ? 'falls asleep' : 'is paused');
    daemon.pause();
    this.#after(this.#times.pause(), () => {
      this.#note(daemon.node, 'goes on');
      daemon.resume();
    });
  }

  /** The lights go out; everything comes back one by one, in any order. */
  #stopEverything(): void {
    this.#count('everything stops');
    const { nameServer, daemons } = this.#victims;
    nameServer.crash();
    this.#after(this.#times.outage(), () => nameServer.start());
    for (const daemon of daemons) {
      daemon.holdDown('held');
      daemon.crash('loses its power');
      this.#after(this.#times.outage(), () => {
        daemon.holdDown('released');
        daemon.start();
      });
    }
  }

  /** It has little of a processor for a while. */
  #burden({ inputMs, spellMs }: LoadProfile): void {
    this.#count('too much to do');
    const { nameServer, daemons } = this.#victims;
    const victim = this.#rng.pick([nameServer, ...daemons]);
    victim.burden.inputMs = inputMs;
    this.#after(spellMs, () => {
      victim.burden.inputMs = 0;
    });
  }

  #jumpClock(): void {
    this.#count('wall clock jump');
    const { daemons, nameServer } = this.#victims;
    const { store, faults } = this.#shared.profile;
    const forward = this.#rng.between(1, 3_600_000);
    // What no disk remembers can only be counted by the clock: there it must not be set back.
    const back = store === 'file' && this.#rng.chance(0.5);
    const host = this.#rng.pick([nameServer, ...daemons]);
    const forgets = host === nameServer && faults.storeChange !== undefined;
    host.wallClock.jump(back && !forgets ? -forward : forward);
  }

  #partition(): void {
    this.#count('partition');
    this.#cut(drawPartition(this.#rng, this.#nodes));
  }

  #cut(cuts: readonly Cut[]): void {
    this.#cutFor(cuts, this.#times.partition());
  }

  #cutFor(cuts: readonly Cut[], lastsMs: number): void {
    const { reachability, timeline, time } = this.#shared;
    const text = (): string => cuts.map((cut) => cut.join('>')).join(' ');
    timeline.add(time.now, 'network', 'is cut', text);
    for (const [from, to] of cuts) reachability.cut(from, to);
    this.#after(lastsMs, () => {
      timeline.add(time.now, 'network', 'is mended', text);
      for (const [from, to] of cuts) reachability.mend(from, to);
    });
  }

  /** Until all faults end. */
  #cutOneWay(): void {
    const from = this.#rng.pick(this.#nodes);
    const to = this.#rng.pick(this.#nodes);
    if (from === to) return;
    this.#count('one-way link for good');
    this.#note('network', `loses ${from}>${to} for good`);
    this.#shared.reachability.cut(from, to);
  }

  #resetLink(): void {
    this.#count('link reset');
    this.#shared.network.resetOne(this.#choose);
  }

  #halfOpen(): void {
    this.#count('half-open');
    if (this.#rng.chance(0.5)) this.#shared.network.forgetOne(this.#choose);
    else this.#victims.nameServer.halfCloseOne(this.#choose);
  }

  #stall(): void {
    this.#count('stall');
    const lasts = this.#times.stall();
    if (this.#rng.chance(0.5)) this.#shared.network.stallOne(this.#choose, lasts);
    else this.#victims.nameServer.stallOne(this.#choose, lasts);
  }

  #crashNameServer(): void {
    const { nameServer } = this.#victims;
    this.#count('name server crash');
    if (this.#rng.chance(0.5)) nameServer.crash();
    else nameServer.crashAfterOutputs(this.#rng.between(0, 4));
    this.#after(this.#times.outage() / 2, () => {
      nameServer.crash();
      nameServer.start();
    });
  }

  #breakNameServerLink(): void {
    this.#count('name server link');
    this.#victims.nameServer.breakOne(this.#choose);
  }

  #pauseNameServer(): void {
    this.#count('name server pause');
    const { nameServer } = this.#victims;
    nameServer.pause();
    this.#after(this.#times.pause() / 2, () => nameServer.resume());
  }

  /** The table is lost, or a copy takes its place that lacks some of the last changes. */
  #changeStore(): void {
    const { nameServer } = this.#victims;
    const lacking = this.#rng.chance(0.4) ? undefined : this.#rng.between(0, 30);
    this.#count(lacking === undefined ? 'store lost' : 'store from a copy');
    nameServer.crash();
    if (lacking === undefined) nameServer.loseStore();
    else nameServer.restoreCopy(lacking);
    this.#after(this.#times.outage() / 2, () => nameServer.start());
  }

  /**
   * One daemon is cut off until the others have gone on without it; then the name server starts again,
   * and for as long as it may wait for what daemons hold only that one reaches it.
   */
  #recoverOutdated(): void {
    this.#count('outdated recovery');
    const { nameServer } = this.#victims;
    const { suspectAfterMs, leaseMs } = this.#shared.profile.timing;
    const node = this.#anyDaemon().node;
    const others = this.#nodes.filter((other) => other !== node);
    const between = (one: string): Cut[] => others.flatMap((other) => bothWays(one, other));
    const behindMs = suspectAfterMs * (1 + 3 * this.#rng.next());
    const aloneMs = leaseMs * (1 + this.#rng.next());
    this.#cutFor([...between(node), ...bothWays(node, NAME_SERVER)], behindMs);
    this.#after(behindMs, () => {
      this.#cutFor([...between(node), ...between(NAME_SERVER)], aloneMs);
      nameServer.crash();
      nameServer.start();
    });
  }

  /** One daemon is spared: it may be the one that begins a group anew. */
  #answerLate(): void {
    this.#count('late answers');
    const { nameServer, daemons } = this.#victims;
    const spared = this.#anyDaemon();
    for (const daemon of daemons) {
      if (daemon !== spared && daemon.id !== undefined) nameServer.answerLate(daemon.id);
    }
  }

  #killClient(): void {
    this.#count('client kill');
    this.#rng.pick(this.#victims.clients).kill();
  }

  /** Not in the middle of what its daemon does. */
  #killClientOf(daemon: DaemonNode): void {
    const local = this.#victims.clients.filter(({ node }) => node === daemon.node);
    if (local.length === 0) return;
    this.#count('client kill');
    this.#after(0, () => this.#rng.pick(local).kill());
  }

  #deafenClient(): void {
    this.#count('client that does not read');
    const client = this.#rng.pick(this.#victims.clients);
    client.setReading('off');
    if (this.#rng.chance(0.5)) this.#after(this.#times.pause(), () => client.setReading('on'));
  }

  /** It reads what is there, then nothing for a while, and so on. */
  #slowClient(): void {
    this.#count('client that reads in starts');
    const client = this.#rng.pick(this.#victims.clients);
    const { stoppedAfterMs } = this.#shared.profile.pace;
    const restMs = stoppedAfterMs * this.#rng.pick([0.1, 0.5, 0.9]);
    const rest = (times: number): void => {
      client.setReading('off');
      this.#after(restMs, () => {
        client.setReading('on');
        if (times > 1) this.#after(1, () => rest(times - 1));
      });
    };
    rest(this.#rng.between(3, 20));
  }

  readonly #choose = (count: number): number => this.#rng.between(0, Math.max(0, count - 1));

  #anyDaemon(): DaemonNode {
    return this.#rng.pick(this.#victims.daemons);
  }

  #count(kind: string): void {
    this.#shared.counters.count(`fault: ${kind}`);
  }

  #note(place: string, what: string): void {
    this.#shared.timeline.add(this.#shared.time.now, place, what);
  }

  /** Nothing once everything is healed. */
  #after(delayMs: number, task: () => void): void {
    this.#shared.time.after(delayMs, () => {
      if (!this.#healed) task();
    });
  }

  #repeat(meanMs: number | undefined, inject: () => void): void {
    if (meanMs === undefined) return;
    this.#after(this.#rng.next() * 2 * meanMs, () => {
      inject();
      this.#repeat(meanMs, inject);
    });
  }
}

/** Where votes are taken, so many of the faults at a branch hit a process of the node, not its daemon. */
const PROCESS_SHARE = 0.2;

/** What faults happen to. */
export interface Victims {
  readonly daemons: readonly DaemonNode[];
  readonly clients: readonly ClientProcess[];
  readonly nameServer: NameServerNode;
}
