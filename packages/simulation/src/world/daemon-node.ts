import {
  type DaemonId,
  Driver,
  daemonId,
  type Instant,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import {
  type Branch,
  type DaemonInput,
  type DaemonOptions,
  type DaemonOutput,
  isUrgent,
} from '@group-services/daemon-engine';
import { VirtualHost } from '@group-services/testkit';
import { type Features, wireOffer } from '@group-services/wire';
import { nodeNameOf } from '../hosts.js';
import { minorOf } from '../profile/releases.js';
import { brief } from '../timeline.js';
import { Burden, burdened } from './burden.js';
import { TODAY } from './codecs.js';
import { Depositions } from './depositions.js';
import type { DaemonUnderTest } from './engines.js';
import { FlowWatch } from './flow-watch.js';
import { type ClientConnection, type DaemonClient, LocalClients } from './local-clients.js';
import { NameServerConnection } from './name-server-connection.js';
import type { NameServerNode } from './name-server-node.js';
import { internalEvent, messageSays } from './observing.js';
import type { PeerProcess } from './peer-process.js';
import type { Shared } from './shared.js';
import { Wakings } from './wakings.js';
import { WallClock } from './wall-clock.js';

/** One node: starts and ends of its daemon, and everything the daemon's process does around it. */
export class DaemonNode {
  readonly node: NodeName;
  readonly address: string;
  readonly wallClock: WallClock;
  readonly burden = new Burden();
  readonly #shared: Shared;
  readonly #nameServer: NameServerNode;
  readonly #branchReached: BranchReached;
  readonly #place: number;
  #run: Run | undefined;
  #incarnation = 0;
  #starts = 0;
  readonly #used = new Set<number>();
  /** Stays down whatever else wants to start it. */
  #heldDown = false;
  #dieAfterOutputs: number | undefined;

  constructor(shared: Shared, { node, place, nameServer, branchReached }: DaemonNodeOptions) {
    this.#shared = shared;
    this.node = node;
    this.#place = place;
    this.address = `sim://${node}`;
    this.wallClock = new WallClock(shared.time);
    this.#nameServer = nameServer;
    this.#branchReached = branchReached;
  }

  /** The id of the running daemon. */
  get id(): DaemonId | undefined {
    return this.#run?.id;
  }

  get engine(): DaemonUnderTest | undefined {
    return this.#run?.engine;
  }

  /** The running daemon, if it asks to be called at once. */
  get overdue(): DaemonId | undefined {
    const run = this.#run;
    return run !== undefined && run.engine.deadline() <= run.host.now() ? run.id : undefined;
  }

  get isPaused(): boolean {
    return this.#run?.host.isPaused ?? false;
  }

  /** Down until it is released, also when something else would start it. */
  holdDown(held: 'held' | 'released'): void {
    this.#heldDown = held === 'held';
  }

  /** `floor`: the name server has seen this incarnation of the node; ours must be higher. */
  start(floor = 0): void {
    if (this.#run !== undefined || this.#heldDown) return;
    const { time, profile, engines, rng, network, timeline, counters } = this.#shared;
    this.#incarnation = this.#nextIncarnation(floor);
    this.#starts += 1;
    const minor = minorOf(profile.releases, this.#place, this.#starts);
    if (minor === 0) counters.count('daemons of an older release');
    const codecs = engines.codecs?.(minor) ?? TODAY;
    const name = nodeNameOf(this.node, this.#starts, profile.names);
    const id = daemonId(name, this.#incarnation);
    const rate = 1 + (2 * rng.next() - 1) * profile.timing.clockDrift;
    const host = new VirtualHost(time, { startsAt: rng.between(0, 1_000_000), rate });
    const engine = this.#makeEngine(name, minor);
    const driver = new Driver<DaemonInput, DaemonOutput>({
      engine: burdened(engine, host, { burden: this.burden, isUrgent }),
      host,
      perform: (output) => this.#perform(run, output),
      isUrgent,
      inputsPerTurnMax: profile.load === undefined ? undefined : 1,
    });
    const wakings = new Wakings(this.#shared, id);
    const enqueue = (input: DaemonInput, sentAt?: Instant): void => {
      if (sentAt !== undefined) wakings.heard(sentAt);
      driver.enqueue(input);
    };
    const { node, address } = this;
    const process: PeerProcess = {
      id,
      address,
      node,
      codecs,
      get isPaused() {
        return host.isPaused;
      },
      enqueue,
    };
    const isPaused = (): boolean => host.isPaused;
    const nameServer = new NameServerConnection(this.#shared, {
      id,
      node,
      address,
      codecs,
      features: featuresOf(minor),
      nameServer: this.#nameServer,
      isPaused,
      enqueue,
      refused: (seen) => this.#refused(run, seen),
    });
    const features = featuresOf(minor);
    const place = { node, daemon: id, codecs, features };
    const clients = new LocalClients(this.#shared, { ...place, enqueue, isPaused });
    const flow = new FlowWatch(this.#shared, id);
    const depositions = new Depositions(this.#shared.counters);
    const parts = { host, engine, driver, process, clients, nameServer };
    const run: Run = { id, ...parts, flow, depositions, wakings };
    this.#run = run;
    this.#dieAfterOutputs = undefined;
    timeline.add(time.now, this.node, `starts as ${id}`);
    network.started(process);
    nameServer.start();
  }

  /** The process dies at once; its kernel closes what it had open. */
  crash(why: string): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#shared.timeline.add(this.#shared.time.now, this.node, `${run.id} ${why}`);
    this.#end(run);
  }

  /** Dies in the middle of what it sends next, to whomever. */
  crashAfterOutputs(count: number): void {
    if (this.#run !== undefined) this.#dieAfterOutputs = count;
  }

  /** An operator's wish; one that has ended meanwhile is in service when it starts again. */
  drain(wish: 'drain' | 'undrain'): void {
    const run = this.#run;
    if (run === undefined) return;
    run.driver.enqueue({ kind: 'askDrain', question: 0, node: nodeOf(run.id), wish });
  }

  /** Asks for an orderly stop. */
  stop(): void {
    this.#run?.driver.enqueue({ kind: 'stop' });
  }

  pause(): void {
    this.#run?.wakings.paused();
    if (this.#shared.profile.sleeps) this.#run?.host.sleep();
    else this.#run?.host.pause();
  }

  resume(): void {
    this.#run?.wakings.resumed();
    this.#run?.host.resume();
  }

  /** Shows the figures that have bounds to the checkers. */
  sample(): void {
    const run = this.#run;
    if (run !== undefined) run.flow.sample(run.engine);
  }

  /** Shows what must be back at its base to the checkers. */
  sampleAtRest(): void {
    const run = this.#run;
    if (run !== undefined) run.flow.isAtRest(run.engine, run.clients.size);
  }

  /** A local process connects; undefined while no daemon runs. */
  connect(client: DaemonClient): ClientConnection | undefined {
    return this.#run?.clients.connect(client);
  }

  /** For another daemon of this node. */
  reserveIncarnation(): number {
    return this.#nextIncarnation(0);
  }

  /** From the time of day, which may have been set back; a start takes longer than a millisecond. */
  #nextIncarnation(floor: number): number {
    let incarnation = Math.max(this.wallClock.now(), floor + 1);
    while (this.#used.has(incarnation)) incarnation += 1;
    this.#used.add(incarnation);
    return incarnation;
  }

  #makeEngine(node: NodeName, minor: number): DaemonUnderTest {
    const { profile, engines } = this.#shared;
    const { timing, limits } = profile;
    const options: DaemonOptions = {
      node,
      ephemeral: profile.names === 'ephemeral',
      incarnation: this.#incarnation,
      address: this.address,
      heartbeatMs: timing.heartbeatMs,
      suspectAfterMs: timing.suspectAfterMs,
      quiesce: profile.quiesce,
      idleSyncMs: timing.idleSyncMs,
      slowMemberTimeoutMs: timing.slowMemberTimeoutMs,
      slowProcessTimeoutMs: profile.pace.slowAfterMs,
      leaveTimeoutMs: timing.leaveTimeoutMs,
      lingerMs: timing.lingerMs,
      retryMs: timing.heartbeatMs,
      ackWindow: limits.ackWindow,
      maxUnstableBytes: limits.maxUnstableBytes,
      maxUnstableMessages: limits.maxUnstableMessages,
      snapshotChunkBytes: limits.snapshotChunkBytes,
      proposalQueue: limits.proposalQueue,
      busyGroupsMax: limits.busyGroupsMax,
      pieceBytes: limits.pieceBytes,
      features: featuresOf(minor),
      observe: true,
    };
    return engines.daemon(options, minor);
  }

  /** Its clock was set back: the process ends, and is started again with a higher incarnation. */
  #refused(run: Run, seen: number): void {
    if (this.#run !== run) return;
    this.#shared.counters.count('daemons refused as older than seen');
    this.crash('is refused, since a newer incarnation was seen');
    this.start(seen);
  }

  #perform(run: Run, output: DaemonOutput): void {
    // What it had decided before it died between two outputs still counts for the checkers.
    if (this.#run !== run && output.kind !== 'observed') return;
    const { network, timeline, time } = this.#shared;
    if (output.kind === 'observed') return this.#observed(run, output);
    if (output.kind === 'log') {
      timeline.add(time.now, this.node, output.event, () => brief(output.fields));
      return;
    }
    if (this.#diesBefore()) return;
    switch (output.kind) {
      case 'toPeer':
        this.#toPeer(run, output);
        return;
      case 'toPeers':
        // One by one: a daemon may die when only some have been sent to.
        for (const [index, { peer }] of output.peers.entries()) {
          if (index > 0 && this.#diesBefore()) return;
          this.#toPeer(run, { peer, message: output.message });
        }
        return;
      case 'probePeer':
        network.probe(run.process, output.peer);
        return;
      case 'dropPeer':
        network.drop(run.process, output.peer);
        return;
      case 'toNameServer':
        run.nameServer.send(output.message);
        return;
      case 'toClient':
        run.wakings.handsOut(run.clients.groupOf(output.client, output.message), output.message);
        run.clients.send(output.client, output.message);
        return;
      case 'closeClient':
        run.clients.close(output.client, output.reason);
        return;
      case 'stopped':
        this.#shared.counters.count('daemons stopped in order');
        this.crash('has stopped');
        this.#startAgain();
        return;
      default:
    }
  }

  /** Whether the process dies here, between two outputs of one step. */
  #diesBefore(): boolean {
    if (this.#dieAfterOutputs === undefined) return false;
    this.#dieAfterOutputs -= 1;
    if (this.#dieAfterOutputs >= 0) return false;
    this.#shared.counters.count('daemons killed between two outputs');
    this.crash('dies between two outputs');
    return true;
  }

  /** Whoever stopped it starts it again some time later. */
  #startAgain(): void {
    const { time, rng, profile } = this.#shared;
    time.after(rng.next() * 4 * profile.timing.suspectAfterMs, () => this.start());
  }

  #toPeer(run: Run, to: Pick<Extract<DaemonOutput, { kind: 'toPeer' }>, 'peer' | 'message'>): void {
    const { peer, message } = to;
    const { time, witnesses } = this.#shared;
    for (const said of messageSays(message, time.now)) witnesses.internal(said);
    this.#shared.network.send(run.process, peer, message);
  }

  #observed(run: Run, output: Extract<DaemonOutput, { kind: 'observed' }>): void {
    const { time, witnesses, counters, timeline } = this.#shared;
    if (output.event.kind === 'branch') {
      const { name } = output.event;
      counters.count(`branch: ${name}`);
      timeline.add(time.now, this.node, `branch ${name} of ${output.group}`);
      // The outputs of a step are performed after it: this is all that the step has placed.
      if (name === 'flow-closed') run.flow.sample(run.engine, output.group);
      if (this.#run === run) this.#branchReached(this, name);
      return;
    }
    const event = internalEvent(output, time.now);
    if (event === undefined) return;
    timeline.add(time.now, this.node, `${output.membership} ${output.event.kind}`, () =>
      brief(output.event),
    );
    counters.count(`internal: ${output.event.kind}`);
    witnesses.internal(event);
    run.flow.observed(event);
    run.depositions.observed(event);
  }

  #end(run: Run): void {
    this.#run = undefined;
    run.host.kill();
    // Not at once: the checkers still hear what the present step had decided.
    this.#shared.time.after(0, () => run.driver.stop());
    this.#shared.network.ended(run.process);
    run.nameServer.end();
    run.clients.end();
    if (this.#shared.profile.names === 'forgotten') this.#forgetLater(run.id);
  }

  /** The operator finds out some time, and says it until it is so. */
  #forgetLater(id: DaemonId): void {
    const { time, rng, profile, counters } = this.#shared;
    const { suspectAfterMs } = profile.timing;
    const say = (): void => {
      if (this.#nameServer.forget(id)) counters.count('nodes forgotten by an operator');
      else time.after(suspectAfterMs, say);
    };
    time.after(rng.next() * 4 * suspectAfterMs, say);
  }
}

export interface DaemonNodeOptions {
  readonly node: NodeName;
  /** From 1, among the nodes. */
  readonly place: number;
  readonly nameServer: NameServerNode;
  readonly branchReached: BranchReached;
}

/** A protocol reached a branch at a daemon. */
export type BranchReached = (node: DaemonNode, branch: Branch) => void;

function featuresOf(minor: number): Features {
  return new Set(wireOffer(minor).features);
}

/** One start of a daemon. */
interface Run {
  readonly id: DaemonId;
  readonly host: VirtualHost;
  readonly engine: DaemonUnderTest;
  readonly driver: Driver<DaemonInput, DaemonOutput>;
  readonly process: PeerProcess;
  readonly clients: LocalClients;
  readonly nameServer: NameServerConnection;
  readonly flow: FlowWatch;
  readonly depositions: Depositions;
  readonly wakings: Wakings;
}
