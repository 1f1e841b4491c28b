import type { NodeName } from '@group-services/core';
import { Rng } from '@group-services/core';
import { VirtualTime } from '@group-services/testkit';
import type { Entry, PartialAttributes } from '@group-services/wire';
import type { Checker, InternalEvent } from '../../src/checkers/checker.js';
import { allCheckers } from '../../src/checkers/index.js';
import { Counters } from '../../src/counters.js';
import { Handles } from '../../src/handles.js';
import type { LimitsProfile, Profile, Timing } from '../../src/profile/profile.js';
import { Reachability } from '../../src/reachability.js';
import { drawProfile } from '../../src/run/draw-profile.js';
import { Timeline } from '../../src/timeline.js';
import { DaemonNode } from '../../src/world/daemon-node.js';
import { Delays } from '../../src/world/delays.js';
import { PRODUCTION } from '../../src/world/engines.js';
import { NameServerNode } from '../../src/world/name-server-node.js';
import { PeerNetwork } from '../../src/world/peer-network.js';
import type { Shared } from '../../src/world/shared.js';
import { Witnesses } from '../../src/world/witnesses.js';
import { Process } from './process.js';

/** Heartbeats every 250 ms, suspicion after 1 s, leases of 3 s: the defaults of the programs. */
const TIMING = {
  heartbeatMs: 250,
  suspectAfterMs: 1000,
  leaseMs: 3000,
  idleSyncMs: 100,
  slowMemberTimeoutMs: 5000,
  leaveTimeoutMs: 3000,
  lingerMs: 1000,
  clockDrift: 0,
};

const NETWORK = {
  delayMinMs: 1,
  delayMeanMs: 0,
  tailChance: 0,
  tailMs: 0,
  loss: 0,
  duplication: 0,
  reordering: 0,
  answerDuplication: 0,
  slowShare: 0,
  slowBytesPerMs: 0,
};

/** Directions whose speed the script sets. */
class ScriptedDelays extends Delays {
  readonly #speeds = new Map<string, number>();

  slow(from: string, to: string, bytesPerMs: number): void {
    this.#speeds.set(`${from}>${to}`, bytesPerMs);
  }

  override transmission(from: string, to: string, bytes: number): number {
    const speed = this.#speeds.get(`${from}>${to}`);
    return speed === undefined ? 0 : bytes / speed;
  }
}

/** Notes what the scenarios themselves ask about. */
class Notes implements Checker {
  readonly name = 'notes';
  /** What the name server accepted, by generation and version. */
  readonly accepted = new Map<string, Entry>();
  readonly installed: Entry[] = [];

  entry(entry: Entry): void {
    this.accepted.set(`${entry.generation}/${entry.version}`, entry);
  }

  internal({ fact }: InternalEvent): void {
    if (fact.kind === 'installed') this.installed.push(fact.entry);
  }
}

export interface StageOptions {
  readonly daemons: number;
  readonly store?: Profile['store'];
  readonly isolation?: Profile['isolation'];
  readonly limits?: Partial<LimitsProfile>;
  readonly timing?: Partial<Timing>;
}

/**
 * A domain of production's engines on which a script plays: nothing happens that the script does not
 * say, and all checkers look on. Nodes are n1, n2, …; the name server stands at `ns`.
 */
export class Stage {
  readonly time = new VirtualTime();
  readonly nameServer: NameServerNode;
  readonly notes = new Notes();
  readonly #reachability = new Reachability();
  readonly #witnesses: Witnesses;
  readonly #handles: Handles;
  readonly #delays: ScriptedDelays;
  readonly #shared: Shared;
  readonly #nodes: readonly DaemonNode[];
  readonly #processes: Process[] = [];
  readonly #atBranch = new Map<string, () => void>();

  constructor(options: StageOptions) {
    const { time } = this;
    const rng = new Rng(1);
    const profile = profileOf(options);
    const timeline = new Timeline();
    const counters = new Counters();
    this.#delays = new ScriptedDelays(rng, profile.network);
    this.#witnesses = new Witnesses([...allCheckers(profile), this.notes]);
    this.#handles = new Handles(this.#witnesses);
    const network = new PeerNetwork({
      time,
      reachability: this.#reachability,
      delays: this.#delays,
      timeline,
      counters,
      dialTimeoutMs: TIMING.suspectAfterMs,
    });
    this.#shared = {
      time,
      profile,
      engines: PRODUCTION,
      reachability: this.#reachability,
      delays: this.#delays,
      network,
      handles: this.#handles,
      witnesses: this.#witnesses,
      timeline,
      counters,
      rng,
    };
    this.nameServer = new NameServerNode(this.#shared);
    this.#nodes = Array.from({ length: options.daemons }, (_, i) => this.#makeNode(`n${i + 1}`));
    this.nameServer.start();
    for (const node of this.#nodes) node.start();
    this.run(100);
  }

  daemon(name: string): DaemonNode {
    const found = this.#nodes.find(({ node }) => node === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  }

  /** A process that connects to the daemon of its node. */
  process(node: string): Process {
    const process = new Process(this.daemon(node), this.#handles, this.time);
    this.#processes.push(process);
    return process;
  }

  /** One process each on n1, n2, …, which have joined g one after the other. */
  members(count: number, attributes: PartialAttributes = {}): readonly Process[] {
    return this.#nodes.slice(0, count).map(({ node }) => {
      const process = this.process(node);
      process.join('g', { attributes });
      this.run(200);
      return process;
    });
  }

  killProcess(node: string): void {
    this.#processes.find((process) => process.node === node)?.kill();
  }

  leaveProcess(node: string): void {
    this.#processes.find((process) => process.node === node)?.leave();
  }

  run(ms: number): void {
    this.time.runUntil(this.time.now + ms);
  }

  /** Nothing arrives any more from any of these places at any of those. */
  cut(from: readonly string[], to: readonly string[]): void {
    for (const one of from) for (const other of to) this.#reachability.cut(one, other);
  }

  /** Neither side hears the other. */
  part(left: readonly string[], right: readonly string[]): void {
    this.cut(left, right);
    this.cut(right, left);
  }

  mend(): void {
    this.#reachability.mendAll();
  }

  slow(from: string, to: string, bytesPerMs: number): void {
    this.#delays.slow(from, to, bytesPerMs);
  }

  /** What `from` sends to `to` from now on arrives when so much time has passed. */
  stall(from: string, to: string, forMs: number): void {
    this.#shared.network.stall(from, to, forMs);
  }

  /** The next time that a protocol reaches this branch at this node. */
  atBranch(node: string, branch: string, what: () => void): void {
    this.#atBranch.set(`${node} ${branch}`, what);
  }

  /** The name server's list of g, as nodes. */
  listed(): readonly string[] {
    const entry = this.nameServer.entries.find(({ group }) => group === 'g');
    return entry?.members.map(({ id }) => id.slice(0, id.indexOf('.'))) ?? [];
  }

  /** Nothing goes wrong any more: in the end everything must be in order. */
  rest(): void {
    this.mend();
    this.run(16 * TIMING.suspectAfterMs + 6 * TIMING.leaseMs);
    const ids = this.#nodes.flatMap(({ id }) => (id === undefined ? [] : [id]));
    for (const node of this.#nodes) node.sampleAtRest();
    this.nameServer.sampleAtRest();
    this.#witnesses.finish({
      at: this.time.now,
      liveDaemons: new Set(ids),
      entries: this.nameServer.entries,
      openHandles: this.#handles.open,
    });
  }

  #makeNode(name: string): DaemonNode {
    return new DaemonNode(this.#shared, {
      node: name as NodeName,
      place: 1,
      nameServer: this.nameServer,
      branchReached: ({ node }, branch) => {
        const what = this.#atBranch.get(`${node} ${branch}`);
        this.#atBranch.delete(`${node} ${branch}`);
        what?.();
      },
    });
  }
}

function profileOf({
  daemons,
  store = 'file',
  isolation = 'continue',
  limits = {},
  timing = {},
}: StageOptions): Profile {
  const drawn = drawProfile(new Rng(1), new Rng(1));
  return {
    ...drawn,
    daemons,
    groups: 1,
    // Nothing happens but what the script does.
    drains: undefined,
    seconds: undefined,
    nameServerAlone: false,
    releases: undefined,
    watched: false,
    byDigest: false,
    dependent: false,
    timing: { ...TIMING, ...timing },
    network: NETWORK,
    store,
    isolation,
    leaderRecovery: 'announced',
    quiesce: 'anticipate',
    limits: {
      ackWindow: 64,
      maxUnstableBytes: 1024 * 1024,
      maxUnstableMessages: 1024,
      snapshotChunkBytes: 64 * 1024,
      proposalQueue: 1000,
      busyGroupsMax: 128,
      pieceBytes: 1_000,
      clientBufferBytes: 1024 * 1024,
      ...limits,
    },
  };
}
