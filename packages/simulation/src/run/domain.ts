import type { GroupName, MembershipId, NodeName, Rng } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { FinalState } from '../checkers/checker.js';
import { Drains } from '../faults/drains.js';
import { Faults } from '../faults/faults.js';
import { type Apart, placeLasting } from '../faults/lasting-fault.js';
import { SecondDaemons } from '../faults/second-daemons.js';
import { ClientProcess } from '../processes/client-process.js';
import { NodesWatcher } from '../processes/nodes-watcher.js';
import type { LastingFault } from '../profile/profile.js';
import { DaemonNode } from '../world/daemon-node.js';
import { type DomainOptions, makeShared } from '../world/make-shared.js';
import { NameServerNode } from '../world/name-server-node.js';
import type { Shared } from '../world/shared.js';
import { type Sizes, sizesOf } from '../world/sizes.js';
import { backlogMs } from './backlog.js';

/** One simulated domain: a name server, daemons, processes, the network between them, and faults. */
export class Domain {
  readonly time: Shared['time'];
  readonly #shared: Shared;
  readonly #daemons: readonly DaemonNode[];
  readonly #clients: readonly ClientProcess[];
  readonly #nameServer: NameServerNode;
  readonly #faults: Faults;
  readonly #drains: Drains | undefined;
  readonly #seconds: SecondDaemons | undefined;
  readonly #watchers: readonly NodesWatcher[];

  constructor(options: DomainOptions) {
    const { rng } = options;
    this.#shared = makeShared(options);
    this.time = this.#shared.time;
    this.#nameServer = new NameServerNode(this.#shared);
    this.#daemons = this.#makeDaemons();
    this.#clients = this.#makeClients(rng);
    const victims = {
      daemons: this.#daemons,
      clients: this.#clients,
      nameServer: this.#nameServer,
    };
    this.#faults = new Faults(this.#shared, victims, rng.fork());
    const { drains, seconds } = options.profile;
    this.#drains =
      drains === undefined ? undefined : new Drains(this.#shared, this.#daemons, rng.fork());
    this.#seconds =
      seconds === undefined ? undefined : new SecondDaemons(this.#shared, victims, rng.fork());
    const watching = options.profile.watched ? this.#daemons : [];
    this.#watchers = watching.map((it) => new NodesWatcher(this.#shared, it, rng.fork()));
  }

  /** For processes and faults of another kind than those that a profile draws. */
  get parts(): DomainParts {
    const shared = this.#shared;
    return { shared, daemons: this.#daemons, nameServer: this.#nameServer };
  }

  /** Everything starts; faults are injected from now on. */
  start(): void {
    const { rng, profile } = this.#shared;
    this.#nameServer.start();
    for (const daemon of this.#daemons) {
      this.time.after(rng.next() * profile.timing.suspectAfterMs, () => daemon.start());
    }
    for (const client of this.#clients) client.start();
    for (const watcher of this.#watchers) watcher.start();
    this.#faults.start();
    this.#drains?.start();
    this.#seconds?.start();
    this.#sample();
    if (profile.releases?.upgrade === true) this.#upgrade();
  }

  /** Everything is replaced one by one, as operators are told to: the name server first (B10). */
  #upgrade(): void {
    const { profile, counters, timeline } = this.#shared;
    const steps = [
      () => {
        this.#nameServer.crash();
        this.#nameServer.start();
      },
      ...this.#daemons.map((daemon) => () => daemon.stop()),
    ];
    for (const [i, step] of steps.entries()) {
      this.time.after(((i + 1) / (steps.length + 1)) * profile.safetyMs, () => {
        counters.count('programs replaced by a newer release');
        timeline.add(this.time.now, 'domain', 'a program is replaced by one of a newer release');
        step();
      });
    }
  }

  /** Looks at the figures with bounds now and again. */
  #sample(): void {
    for (const daemon of this.#daemons) daemon.sample();
    this.time.after(this.#shared.profile.timing.suspectAfterMs, () => this.#sample());
  }

  /** The end of all faults; processes begin nothing new. */
  heal(): void {
    this.#shared.timeline.add(this.time.now, 'domain', 'all faults end');
    this.#faults.heal();
    this.#drains?.heal();
    this.#seconds?.heal();
    for (const client of this.#clients) client.rest();
  }

  /** Every process has to be served now. */
  rollCall(): void {
    this.#shared.timeline.add(this.time.now, 'domain', 'roll call');
    for (const client of this.#clients) client.rollCall();
  }

  /**
   * A fault that does not heal begins, somebody dies, and every process that neither of it concerns has to
   * be served. Undefined: there is no place for it here.
   */
  part(fault: LastingFault): Apart | undefined {
    const apart = placeLasting(fault, this.#nameServer.entries);
    if (apart === undefined) return undefined;
    const { timeline, counters } = this.#shared;
    counters.count(`fault: lasting, ${fault.who}`);
    timeline.add(this.time.now, apart.node, 'is apart from the name server for good');
    this.#faults.keep(apart.cuts);
    const victim = this.#daemons.find(({ node }) => node === apart.victim);
    victim?.holdDown('held');
    victim?.crash('crashes for good');
    for (const client of this.#clients) {
      if (client.node !== apart.node && client.node !== apart.victim) client.rollCall();
    }
    return apart;
  }

  /**
   * What has not gone on; undefined: everything has. A group waits in which nobody else could take the lead
   * (ADR 0021): its full members are all at the node that is apart, or dead, or have left and wait in vain for
   * the one that is apart to strike them off.
   */
  standsStill({ node, victim }: Apart): string | undefined {
    const isOf = (daemon: string, of: string | undefined): boolean =>
      of !== undefined && daemon.startsWith(`${of}.`);
    const { entries } = this.#nameServer;
    const { witnesses } = this.#shared;
    const isOut = (id: MembershipId): boolean =>
      isOf(id, node) || isOf(id, victim) || witnesses.hasLeft(id);
    const waits = ({ members }: Entry): boolean =>
      members.every(({ id, full }) => !full || isOut(id));
    const waiting = new Set<string | undefined>(entries.filter(waits).map(({ group }) => group));
    const open = this.#shared.handles.unanswered.find(
      ({ daemon, group }) => !isOf(daemon, node) && !waiting.has(group),
    );
    if (open !== undefined) return `${open.client} has no answer to its ${open.what}`;
    const listing = entries.find(
      (entry) => !waits(entry) && entry.members.some(({ id }) => isOf(id, victim)),
    );
    return listing === undefined ? undefined : `${victim} stays in ${listing.group}`;
  }

  /** The fault ends after all. */
  mend({ node, victim }: Apart): void {
    this.#shared.timeline.add(this.time.now, node, 'is no longer apart');
    this.#shared.reachability.mendAll();
    const dead = this.#daemons.find((daemon) => daemon.node === victim);
    dead?.holdDown('released');
    dead?.start();
  }

  /** Daemons whose deadline is due although they were just called. */
  busiest(): string {
    return this.#daemons.flatMap((daemon) => daemon.overdue ?? []).join(', ');
  }

  /** Whether everything that takes its time has come about: all is answered, agreed and quiet. */
  get isAtRest(): boolean {
    if (this.#daemons.some(({ id }) => id === undefined)) return false;
    const { witnesses } = this.#shared;
    return witnesses.accept(() => {
      this.#sampleAtRest();
      witnesses.finishEventual(this.#final());
    });
  }

  /** What all engines hold at present. */
  sizes(): Sizes {
    const engines = this.#daemons.flatMap(({ engine }) => engine ?? []);
    return sizesOf(engines, this.#nameServer.table);
  }

  /** How much longer than usual it takes until all is at rest, for what waits now. */
  get backlogMs(): number {
    const groups = this.#daemons.flatMap(({ engine }) => engine?.inspect?.().groups ?? []);
    return backlogMs(groups, this.#shared.profile);
  }

  /** The last questions to all checkers. */
  finish(): void {
    this.#sampleAtRest();
    this.#shared.witnesses.finish(this.#final());
  }

  #sampleAtRest(): void {
    for (const daemon of this.#daemons) daemon.sampleAtRest();
    this.#nameServer.sampleAtRest();
  }

  #final(): FinalState {
    const ids = this.#daemons.flatMap(({ id }) => (id === undefined ? [] : [id]));
    return {
      at: this.time.now,
      liveDaemons: new Set(ids),
      entries: this.#nameServer.entries,
      openHandles: this.#shared.handles.open,
    };
  }

  #makeDaemons(): readonly DaemonNode[] {
    const names = Array.from({ length: this.#shared.profile.daemons }, (_, i) => `n${i + 1}`);
    return names.map(
      (name, i) =>
        new DaemonNode(this.#shared, {
          node: name as NodeName,
          place: i + 1,
          nameServer: this.#nameServer,
          branchReached: (daemon, branch) => this.#faults.branchReached(daemon, branch),
        }),
    );
  }

  #makeClients(rng: Rng): readonly ClientProcess[] {
    const { groups, clients } = this.#shared.profile;
    const names = Array.from({ length: groups }, (_, i) => `g${i + 1}` as GroupName);
    return this.#daemons.flatMap((node) =>
      Array.from(
        { length: clients },
        (_, i) =>
          new ClientProcess(this.#shared, {
            node,
            name: `c${node.node}-${i + 1}`,
            groups: names,
            rng: rng.fork(),
          }),
      ),
    );
  }
}

export interface DomainParts {
  readonly shared: Shared;
  readonly daemons: readonly DaemonNode[];
  readonly nameServer: NameServerNode;
}
