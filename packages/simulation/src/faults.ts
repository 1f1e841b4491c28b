import type { Rng } from '@group-services/core';
import type { ClientProcess } from './client-process.js';
import type { DaemonNode } from './daemon-node.js';
import type { NameServerNode } from './name-server-node.js';
import type { FaultProfile } from './profile.js';
import { NAME_SERVER, type Surroundings } from './surroundings.js';

/** What faults happen to. */
export interface Victims {
  readonly daemons: readonly DaemonNode[];
  readonly clients: readonly ClientProcess[];
  readonly nameServer: NameServerNode;
}

/**
 * Injects faults of every kind that the seed switched on, at its rates, until {@link Faults.heal}.
 *
 * Whatever a fault takes away is given back after a drawn time: daemons and the name server start
 * again, partitions end, paused processes go on.
 */
export class Faults {
  readonly #around: Surroundings;
  readonly #victims: Victims;
  readonly #rng: Rng;
  readonly #suspectAfterMs: number;
  #healed = false;

  constructor(around: Surroundings, victims: Victims, rng: Rng) {
    this.#around = around;
    this.#victims = victims;
    this.#rng = rng;
    this.#suspectAfterMs = around.profile.timing.suspectAfterMs;
  }

  start(): void {
    const { faults } = this.#around.profile;
    const kinds: readonly (readonly [Exclude<keyof FaultProfile, 'targeted'>, () => void])[] = [
      ['daemonCrash', () => this.#crashDaemon(this.#anyDaemon(), 'crashes')],
      ['daemonStop', () => this.#stopDaemon()],
      ['pause', () => this.#pauseDaemon(this.#anyDaemon())],
      ['partition', () => this.#partition()],
      ['linkReset', () => this.#resetLink()],
      ['nameServerCrash', () => this.#crashNameServer()],
      ['nameServerLink', () => this.#breakNameServerLink()],
      ['nameServerPause', () => this.#pauseNameServer()],
      ['clientKill', () => this.#killClient()],
    ];
    for (const [kind, inject] of kinds) this.#repeat(faults[kind], inject);
  }

  /** Ends every fault, gives everything back, and injects no more. */
  heal(): void {
    this.#healed = true;
    const { reachability, delays } = this.#around;
    reachability.mendAll();
    delays.calmDown();
    const { nameServer, daemons } = this.#victims;
    nameServer.crashAfterOutputs(Number.MAX_SAFE_INTEGER);
    nameServer.resume();
    nameServer.start();
    for (const daemon of daemons) {
      daemon.crashAfterSends(Number.MAX_SAFE_INTEGER);
      daemon.resume();
      daemon.start();
    }
  }

  /** A protocol reached a branch at this daemon: the seed may want it to be hit right there. */
  branchReached(daemon: DaemonNode, branch: string): void {
    if (this.#healed || !this.#rng.chance(this.#around.profile.faults.targeted)) return;
    this.#around.counters.count(`fault at branch: ${branch}`);
    const choice = this.#rng.next();
    if (choice < 0.5) {
      daemon.crashAfterSends(this.#rng.between(0, 6));
      this.#later(this.#rng.next() * 4, () => daemon.start());
    } else if (choice < 0.7) {
      const delay = this.#rng.next() * 4 * this.#around.profile.network.delayMeanMs;
      this.#around.time.after(delay, () => {
        if (!this.#healed) this.#crashDaemon(daemon, `crashes after ${branch}`);
      });
    } else if (choice < 0.85) this.#around.time.after(0, () => this.#pauseDaemon(daemon));
    else this.#isolate(daemon);
  }

  // ---------------------------------------------------------------- kinds

  #crashDaemon(daemon: DaemonNode, why: string): void {
    if (this.#healed || daemon.id === undefined) return;
    this.#around.counters.count('fault: daemon crash');
    daemon.crash(why);
    // Restarted at once, soon, or long after everybody noticed.
    const rest = this.#rng.pick([0, 0.2, 1, 4, 10]);
    this.#later(rest * this.#rng.next(), () => daemon.start());
  }

  #stopDaemon(): void {
    this.#around.counters.count('fault: daemon stop');
    this.#anyDaemon().stop();
  }

  /** From a moment to several times what makes others suspect it. */
  #pauseDaemon(daemon: DaemonNode): void {
    if (this.#healed || daemon.id === undefined || daemon.isPaused) return;
    this.#around.counters.count('fault: daemon pause');
    this.#around.timeline.add(this.#around.time.now, daemon.node, 'is paused');
    daemon.pause();
    const lasts = this.#rng.pick([0.1, 0.5, 1, 1.2, 3, 8]) * this.#rng.next();
    this.#later(lasts, () => {
      this.#around.timeline.add(this.#around.time.now, daemon.node, 'goes on');
      daemon.resume();
    });
  }

  #partition(): void {
    const { daemons } = this.#victims;
    const choice = this.#rng.next();
    this.#around.counters.count('fault: partition');
    if (choice < 0.3) this.#isolate(this.#anyDaemon());
    else if (choice < 0.6) {
      // Halves, the name server on either side.
      const places = [NAME_SERVER, ...daemons.map(({ node }) => node)];
      const left = new Set(places.filter(() => this.#rng.chance(0.5)));
      this.#cut((from, to) => left.has(from) !== left.has(to));
    } else if (choice < 0.8) {
      const density = this.#rng.pick([0.1, 0.3, 0.6]);
      this.#cut(() => this.#rng.chance(density));
    } else {
      // One place is not heard, or does not hear.
      const place = this.#rng.pick([NAME_SERVER, ...daemons.map(({ node }) => node)]);
      if (this.#rng.chance(0.5)) this.#cut((from) => from === place);
      else this.#cut((_from, to) => to === place);
    }
  }

  /** Cuts one node off, with or without its way to the name server. */
  #isolate(daemon: DaemonNode): void {
    const withNameServer = this.#rng.chance(0.5);
    this.#cut((from, to) => {
      if (from !== daemon.node && to !== daemon.node) return false;
      return withNameServer || (from !== NAME_SERVER && to !== NAME_SERVER);
    });
  }

  #cut(isCut: (from: string, to: string) => boolean): void {
    const { reachability, timeline, time } = this.#around;
    const places = [NAME_SERVER, ...this.#victims.daemons.map(({ node }) => node)];
    const cuts: (readonly [string, string])[] = [];
    for (const from of places) {
      for (const to of places) if (from !== to && isCut(from, to)) cuts.push([from, to]);
    }
    timeline.add(time.now, 'network', 'is cut', () => cuts.map((cut) => cut.join('>')).join(' '));
    for (const [from, to] of cuts) reachability.cut(from, to);
    this.#later(this.#rng.pick([0.5, 2, 6, 15]) * this.#rng.next(), () => {
      if (this.#healed) return;
      timeline.add(time.now, 'network', 'is mended', () =>
        cuts.map((cut) => cut.join('>')).join(' '),
      );
      for (const [from, to] of cuts) reachability.mend(from, to);
    });
  }

  #resetLink(): void {
    this.#around.counters.count('fault: link reset');
    this.#around.network.resetOne((count) => this.#rng.between(0, Math.max(0, count - 1)));
  }

  #crashNameServer(): void {
    const { nameServer } = this.#victims;
    this.#around.counters.count('fault: name server crash');
    if (this.#rng.chance(0.5)) nameServer.crash();
    else nameServer.crashAfterOutputs(this.#rng.between(0, 4));
    this.#later(this.#rng.pick([0.1, 1, 5]) * this.#rng.next(), () => {
      nameServer.crash();
      nameServer.start();
    });
  }

  #breakNameServerLink(): void {
    this.#around.counters.count('fault: name server link');
    const { nameServer } = this.#victims;
    nameServer.breakOne((count) => this.#rng.between(0, Math.max(0, count - 1)));
  }

  #pauseNameServer(): void {
    this.#around.counters.count('fault: name server pause');
    const { nameServer } = this.#victims;
    nameServer.pause();
    this.#later(this.#rng.pick([0.3, 1, 4]) * this.#rng.next(), () => nameServer.resume());
  }

  #killClient(): void {
    this.#around.counters.count('fault: client kill');
    this.#rng.pick(this.#victims.clients).kill();
  }

  // ---------------------------------------------------------------- when

  #anyDaemon(): DaemonNode {
    return this.#rng.pick(this.#victims.daemons);
  }

  /** After so many suspicion times; nothing once everything is healed. */
  #later(suspicions: number, task: () => void): void {
    this.#around.time.after(suspicions * this.#suspectAfterMs, () => {
      if (!this.#healed) task();
    });
  }

  #repeat(meanMs: number | undefined, inject: () => void): void {
    if (meanMs === undefined) return;
    this.#around.time.after(this.#rng.next() * 2 * meanMs, () => {
      if (this.#healed) return;
      inject();
      this.#repeat(meanMs, inject);
    });
  }
}
