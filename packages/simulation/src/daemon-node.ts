import { type DaemonId, Driver, daemonId, type NodeName } from '@group-services/core';
import type { DaemonInput, DaemonOutput } from '@group-services/daemon-engine';
import { VirtualHost } from '@group-services/testkit';
import {
  decodeFromClient,
  decodeToClient,
  encodeNameServerMessage,
  encodeToClient,
  joinFrame,
  type ToClient,
} from '@group-services/wire';
import type { DaemonUnderTest } from './engines.js';
import type { NameServerClient, NameServerNode } from './name-server-node.js';
import { internalEvent, messageHolds } from './observing.js';
import type { PeerInput, PeerProcess } from './peer-network.js';
import { Stream, type StreamEnd } from './stream.js';
import type { Surroundings } from './surroundings.js';
import { brief } from './timeline.js';

/** What a client's end of its connection hears. */
export interface DaemonClient {
  readonly label: string;
  received(message: ToClient): void;
  closed(): void;
}

/** A client's way to its daemon. */
export interface ClientConnection {
  send(frame: Uint8Array): void;
  close(): void;
}

/** Ordered at a branch: the daemon dies after it has sent so many messages more. */
export type BranchReached = (node: DaemonNode, branch: string) => void;

const RECONNECT_MS = 50;
const MESSAGES_MAX = 1024;
/** Views, and what is placed in the very step that closes the flow, come on top of a bound. */
const MESSAGES_BEYOND = 512;
const BYTES_BEYOND = 512 * 1024;

/** One start of a daemon. */
interface Run {
  readonly id: DaemonId;
  readonly host: VirtualHost;
  readonly engine: DaemonUnderTest;
  readonly driver: Driver<DaemonInput, DaemonOutput>;
  readonly process: PeerProcess;
  readonly clients: Map<number, Stream>;
  readonly labels: Map<number, string>;
  nameServer: Stream | undefined;
}

/** One node: starts and ends of its daemon, and everything the daemon's process does around it. */
export class DaemonNode {
  readonly node: NodeName;
  readonly address: string;
  readonly #around: Surroundings;
  readonly #nameServer: NameServerNode;
  readonly #branchReached: BranchReached;
  #run: Run | undefined;
  #incarnation = 0;
  #clients = 0;
  #dieAfterSends: number | undefined;

  constructor(
    around: Surroundings,
    {
      node,
      nameServer,
      branchReached,
    }: {
      readonly node: NodeName;
      readonly nameServer: NameServerNode;
      readonly branchReached: BranchReached;
    },
  ) {
    this.#around = around;
    this.node = node;
    this.address = `sim://${node}`;
    this.#nameServer = nameServer;
    this.#branchReached = branchReached;
  }

  /** The id of the running daemon. */
  get id(): DaemonId | undefined {
    return this.#run?.id;
  }

  /** The running daemon, if it asks to be called at once. */
  get overdue(): DaemonId | undefined {
    const run = this.#run;
    return run !== undefined && run.engine.deadline() <= run.host.now() ? run.id : undefined;
  }

  get isPaused(): boolean {
    return this.#run?.host.paused ?? false;
  }

  start(): void {
    if (this.#run !== undefined) return;
    const { time, profile, engines, rng, network, timeline } = this.#around;
    const { timing, limits } = profile;
    this.#incarnation += rng.between(1, 1000);
    const id = daemonId(this.node, this.#incarnation);
    const rate = 1 + (2 * rng.next() - 1) * timing.clockDrift;
    const host = new VirtualHost(time, { startsAt: rng.between(0, 1_000_000), rate });
    const engine = engines.daemon({
      node: this.node,
      incarnation: this.#incarnation,
      address: this.address,
      heartbeatMs: timing.heartbeatMs,
      suspectAfterMs: timing.suspectAfterMs,
      quiesce: profile.quiesce,
      idleSyncMs: timing.idleSyncMs,
      slowMemberTimeoutMs: timing.slowMemberTimeoutMs,
      leaveTimeoutMs: timing.leaveTimeoutMs,
      lingerMs: timing.lingerMs,
      retryMs: timing.heartbeatMs,
      maxUnstableMessages: MESSAGES_MAX,
      ...limits,
      observe: true,
    });
    const driver = new Driver<DaemonInput, DaemonOutput>({
      engine,
      host,
      perform: (output) => this.#perform(run, output),
    });
    const enqueue = (input: PeerInput): void => driver.enqueue(input);
    const { node, address } = this;
    const process: PeerProcess = {
      id,
      address,
      node,
      get paused() {
        return host.paused;
      },
      enqueue,
    };
    const run: Run = {
      id,
      host,
      engine,
      driver,
      process,
      clients: new Map(),
      labels: new Map(),
      nameServer: undefined,
    };
    this.#run = run;
    this.#dieAfterSends = undefined;
    timeline.add(time.now, this.node, `starts as ${id}`);
    network.started(process);
    this.#dialNameServer(run);
  }

  /** The process dies at once; its kernel closes what it had open. */
  crash(why: string): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#around.timeline.add(this.#around.time.now, this.node, `${run.id} ${why}`);
    this.#end(run);
  }

  /** Dies in the middle of what it sends next. */
  crashAfterSends(count: number): void {
    if (this.#run !== undefined) this.#dieAfterSends = count;
  }

  /** Asks for an orderly stop. */
  stop(): void {
    this.#run?.driver.enqueue({ kind: 'stop' });
  }

  pause(): void {
    this.#run?.host.pause();
  }

  resume(): void {
    this.#run?.host.resume();
  }

  /** Shows the figures that have bounds to the checkers. */
  sample(): void {
    const run = this.#run;
    if (run?.engine.inspect === undefined) return;
    const { time, witnesses, profile } = this.#around;
    for (const { group, stream } of run.engine.inspect().groups) {
      if (stream === undefined) continue;
      const about = { at: time.now, daemon: run.id };
      const bytes = profile.limits.maxUnstableBytes + BYTES_BEYOND;
      witnesses.sample({
        ...about,
        what: `retained bytes of ${group}`,
        value: stream.retainedBytes,
        bound: bytes,
      });
      witnesses.sample({
        ...about,
        what: `retained messages of ${group}`,
        value: stream.retained,
        bound: MESSAGES_MAX + MESSAGES_BEYOND,
      });
    }
  }

  /** A local process connects; undefined while no daemon runs. */
  connect(client: DaemonClient): ClientConnection | undefined {
    const run = this.#run;
    if (run === undefined) return undefined;
    const { time, reachability, delays, profile, handles, timeline } = this.#around;
    this.#clients += 1;
    const number = this.#clients;
    const clientEnd: StreamEnd = {
      place: this.node,
      received: (frame) => {
        const decoded = decodeToClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame to a client: ${decoded.error}`);
        timeline.add(time.now, client.label, '<', () => brief(decoded.value));
        handles.heard(client.label, decoded.value, time.now);
        client.received(decoded.value);
      },
      closed: () => {
        timeline.add(time.now, client.label, 'loses its connection');
        handles.disconnected(client.label, time.now);
        client.closed();
      },
    };
    const stream: Stream = new Stream(
      { time, reachability, delays, giveUpMs: profile.timing.leaseMs },
      [clientEnd, this.#clientEnd(run, number, client.label)],
    );
    run.clients.set(number, stream);
    run.labels.set(number, client.label);
    handles.connected(client.label, run.id);
    run.driver.enqueue({ kind: 'clientOpened', client: number, name: client.label });
    return { send: (frame) => stream.send(0, frame), close: () => stream.close(0) };
  }

  #clientEnd(run: Run, client: number, label: string): StreamEnd {
    const { time, timeline } = this.#around;
    return {
      place: this.node,
      received: (frame) => {
        const decoded = decodeFromClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame of a client: ${decoded.error}`);
        timeline.add(time.now, this.node, `< ${label}`, () => brief(decoded.value));
        run.driver.enqueue({ kind: 'fromClient', client, message: decoded.value });
      },
      closed: () => {
        if (!run.clients.delete(client)) return;
        run.driver.enqueue({ kind: 'clientClosed', client });
      },
    };
  }

  // ---------------------------------------------------------------- name server

  #dialNameServer(run: Run): void {
    if (this.#run !== run) return;
    const { time, delays, reachability } = this.#around;
    time.after(delays.ordinary(), () => {
      if (this.#run !== run || run.nameServer !== undefined) return;
      const free = reachability.reachesBothWays(this.node, 'ns') && !run.host.paused;
      const stream = free ? this.#nameServer.accept(this.#nameServerClient(run)) : undefined;
      if (stream === undefined) time.after(RECONNECT_MS, () => this.#dialNameServer(run));
      else run.nameServer = stream;
    });
  }

  #nameServerClient(run: Run): NameServerClient {
    const { leaseMs } = this.#around.profile.timing;
    const { isolation, leaderRecovery } = this.#around.profile;
    let up = false;
    return {
      id: run.id,
      address: this.address,
      place: this.node,
      welcomed: (epoch) => {
        up = true;
        run.driver.enqueue({ kind: 'nameServerUp', epoch, leaseMs, isolation, leaderRecovery });
      },
      received: (message) => run.driver.enqueue({ kind: 'fromNameServer', message }),
      closed: () => {
        run.nameServer = undefined;
        if (this.#run !== run) return;
        if (up) run.driver.enqueue({ kind: 'nameServerDown' });
        this.#around.time.after(RECONNECT_MS, () => this.#dialNameServer(run));
      },
    };
  }

  // ---------------------------------------------------------------- outputs

  #perform(run: Run, output: DaemonOutput): void {
    // What it had decided before it died between two sends still counts for the checkers.
    if (this.#run !== run && output.kind !== 'observed') return;
    const { network, timeline, time } = this.#around;
    switch (output.kind) {
      case 'toPeer':
        this.#toPeer(run, output);
        return;
      case 'probePeer':
        network.probe(run.process, output.peer);
        return;
      case 'dropPeer':
        network.drop(run.process, output.peer);
        return;
      case 'toNameServer':
        run.nameServer?.send(0, joinFrame(encodeNameServerMessage(output.message)));
        return;
      case 'toClient':
        run.clients.get(output.client)?.send(1, joinFrame(encodeToClient(output.message)));
        return;
      case 'closeClient':
        this.#closeClient(run, output.client, output.reason);
        return;
      case 'observed':
        this.#observed(run, output);
        return;
      case 'log':
        timeline.add(time.now, this.node, output.event, () => brief(output.fields));
        return;
      case 'stopped':
        this.#around.counters.count('daemons stopped in order');
        this.crash('has stopped');
        this.#startAgain();
        return;
      default:
    }
  }

  /** Whoever stopped it starts it again some time later. */
  #startAgain(): void {
    const { time, rng, profile } = this.#around;
    time.after(rng.next() * 4 * profile.timing.suspectAfterMs, () => this.start());
  }

  #toPeer(run: Run, { peer, message }: Extract<DaemonOutput, { kind: 'toPeer' }>): void {
    if (this.#dieAfterSends !== undefined) {
      if (this.#dieAfterSends === 0) {
        this.#around.counters.count('daemons killed between two sends');
        this.crash('dies between two sends');
        return;
      }
      this.#dieAfterSends -= 1;
    }
    const holds = messageHolds(message, this.#around.time.now);
    if (holds !== undefined) this.#around.witnesses.internal(holds);
    this.#around.network.send(run.process, peer, message);
  }

  #observed(run: Run, output: Extract<DaemonOutput, { kind: 'observed' }>): void {
    const { time, witnesses, counters, timeline } = this.#around;
    if (output.event.kind === 'branch') {
      const { name } = output.event;
      counters.count(`branch: ${name}`);
      timeline.add(time.now, this.node, `branch ${name} of ${output.group}`);
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
  }

  #closeClient(run: Run, client: number, reason: string): void {
    const { time, timeline } = this.#around;
    timeline.add(time.now, this.node, `closes ${run.labels.get(client)}: ${reason}`);
    const stream = run.clients.get(client);
    if (stream === undefined) return;
    run.clients.delete(client);
    stream.close(1);
  }

  #end(run: Run): void {
    this.#run = undefined;
    run.host.kill();
    // Not at once: the checkers still hear what the present step had decided.
    this.#around.time.after(0, () => run.driver.stop());
    this.#around.network.ended(run.process);
    run.nameServer?.close(0);
    for (const stream of run.clients.values()) stream.close(1);
  }
}
