import {
  assertNever,
  type Engine,
  type GroupName,
  type Instant,
  NEVER,
  nodeOf,
} from '@group-services/core';
import type { DaemonMessage, FromNameServer } from '@group-services/wire';
import { Clients } from './clients.js';
import { Drains } from './drains.js';
import { Groups } from './groups.js';
import type { DaemonInput, DaemonOutput, ListedNode } from './inputs.js';
import {
  type DaemonStatus,
  type GroupPage,
  groupPage,
  type InspectParts,
  inspect,
} from './inspect.js';
import { NameServerLink } from './name-server-link.js';
import { isAnswer } from './name-server-questions.js';
import { NodesList } from './nodes-list.js';
import type { DaemonOptions } from './options.js';
import { Peers } from './peers.js';
import { Shared } from './shared.js';
import type { DaemonTally } from './tally.js';
import { UnreachedPeers } from './unreached-peers.js';
import { VoteQuestions } from './vote-questions.js';
import { waitingText } from './waiting-text.js';
import { WakeWatch } from './wake-watch.js';

/**
 * Everything that a daemon decides, as one pure engine: liveness, the two layers of every group, the
 * name server's side and the client connections. It only routes and translates between them.
 *
 * No part reads a clock: every step is told what time it is, and `deadline` is the earliest time at which
 * some part wants to be asked again. In a stop the groups are left in order, as far as that can be done in
 * time; then the engine takes nothing any more.
 */
export class DaemonEngine implements Engine<DaemonInput, DaemonOutput> {
  readonly #shared: Shared;
  readonly #peers: Peers;
  readonly #nameServer: NameServerLink;
  readonly #nodes: NodesList;
  readonly #groups: Groups;
  readonly #clients: Clients;
  readonly #voteQuestions: VoteQuestions;
  readonly #wakeWatch: WakeWatch;
  readonly #unreached: UnreachedPeers;
  readonly #drains: Drains;
  #stopAt: Instant = NEVER;
  #stopped = false;

  constructor(options: DaemonOptions) {
    const shared = new Shared(options);
    this.#shared = shared;
    this.#peers = new Peers(shared, {
      suspected: (daemon) => this.#groups.suspected(daemon),
      alive: (daemon) => this.#groups.alive(daemon),
      unwatched: (daemon) => this.#unreached.forget(daemon),
      drained: () => this.#groups.drained(),
    });
    this.#unreached = new UnreachedPeers((said) => this.#nameServer.ask(said));
    this.#nameServer = new NameServerLink(shared, {
      holdings: () => this.#groups.holdings(),
      seen: () => this.#groups.seen(),
      laterStarts: () => this.#peers.laterStarts,
    });
    this.#nodes = new NodesList(this.#nameServer.nodesPorts);
    this.#groups = new Groups(shared, {
      peers: this.#peers,
      session: {
        nameServer: this.#nameServer,
        toClient: (client, message) => this.#clients.send(client, message),
      },
    });
    this.#clients = new Clients(shared, {
      nameServer: this.#nameServer,
      nodes: this.#nodes,
      session: (group) => this.#groups.get(group),
      openSession: (group) => this.#groups.open(group),
      hearsMsAgo: (node) => this.#peers.hearsMsAgo(node),
      drain: (node, wish, answer) => this.#drains.ask(node, wish, answer),
    });
    this.#drains = new Drains(this.#parts);
    this.#voteQuestions = new VoteQuestions(shared, {
      peers: this.#peers,
      nameServer: this.#nameServer,
      session: (group) => this.#groups.get(group),
    });
    this.#wakeWatch = new WakeWatch(shared, {
      peersDue: () => this.#peers.deadline(),
      nameServer: this.#nameServer,
      sessions: () => this.#groups.all(),
      groups: () => this.#groups.size,
    });
  }

  step(input: DaemonInput, now: Instant): readonly DaemonOutput[] {
    this.#shared.now = now;
    if (input.kind === 'deadlineReached') this.#shared.noteRead(input);
    if (this.#stopped) return [];
    this.#wakeWatch.look();
    this.#watchContact();
    this.#route(input);
    this.#groups.settle();
    return this.#shared.takeOutputs();
  }

  deadline(): Instant {
    if (this.#stopped) return NEVER;
    return Math.min(
      this.#peers.deadline(),
      this.#nameServer.deadline(),
      this.#nodes.deadline(),
      this.#groups.deadline(),
      this.#clients.deadline(),
      this.#voteQuestions.deadline(),
      this.#drains.deadline(),
      this.#wakeWatch.deadline(),
      this.#stopAt,
    );
  }

  /** What operators see; plain data. */
  inspect(): DaemonStatus {
    return inspect(this.#parts);
  }

  get #parts(): InspectParts {
    return {
      shared: this.#shared,
      peers: this.#peers,
      nameServer: this.#nameServer,
      groups: this.#groups,
      clients: this.#clients,
    };
  }

  /** One group in full; undefined: this daemon has nothing to do with it. */
  groupPage(group: GroupName): GroupPage | undefined {
    const session = this.#groups.get(group);
    return session === undefined ? undefined : groupPage(session, this.#shared.now);
  }

  /** What has been counted so far. */
  get tally(): DaemonTally {
    return this.#shared.tally;
  }

  /** Whether joins can be served: the name server is connected. */
  get isNameServerConnected(): boolean {
    return this.#nameServer.isConnected;
  }

  #route(input: DaemonInput): void {
    switch (input.kind) {
      case 'fromPeer':
        this.#peers.heard(input.peer);
        return this.#fromPeer(input.message, input);
      case 'fromClient':
        return this.#clients.received(input.client, input.message);
      case 'deadlineReached':
        return this.#onDeadline();
      case 'fromNameServer':
        return this.#fromNameServer(input.message);
      case 'nameServerUp':
        return this.#onNameServerUp(input);
      case 'nameServerDown':
        this.#nodes.down();
        return this.#nameServer.down();
      case 'clientOpened':
        return this.#clients.opened(input);
      case 'permissions':
        return this.#clients.permitted(input.permissions);
      case 'clientClosed':
        this.#clients.closed(input.client, input.detail);
        return;
      case 'pressure':
        return this.#clients.pressure(input);
      case 'listNodes':
        return this.#listNodes(input.question);
      case 'describeGroup':
        return this.#describeGroup(input.question, input.group);
      case 'askVotes':
        return this.#voteQuestions.ask(input.question, input.group);
      case 'askDrain':
        return this.#askDrain(input);
      case 'stop':
        return this.#stop();
      default:
        return this.#onLink(input);
    }
  }

  #onNameServerUp(input: Extract<DaemonInput, { kind: 'nameServerUp' }>): void {
    const { leaderRecovery } = input;
    this.#shared.leaderRecovery = leaderRecovery;
    this.#nameServer.up(input);
    this.#nodes.up(input.features ?? new Set());
    this.#unreached.sayAgain();
    this.#watchContact();
    for (const session of this.#groups.all()) {
      session.tellMetagroup({ kind: 'nameServerUp', leaderRecovery });
    }
  }

  /** Called before anything else in a step: what comes too late must find the groups standing still. */
  #watchContact(): void {
    const { isIsolated } = this.#nameServer;
    if (isIsolated === this.#shared.isolated) return;
    this.#shared.isolated = isIsolated;
    const count = this.#groups.size;
    if (isIsolated) this.#shared.log('warn', 'no contact with the name server', { groups: count });
    else this.#shared.log('info', 'in contact with the name server', { groups: count });
    for (const session of this.#groups.all()) {
      session.tellMetagroup({ kind: isIsolated ? 'contactLost' : 'contactBack' });
    }
  }

  #fromNameServer(message: FromNameServer): void {
    if (isAnswer(message)) {
      this.#nameServer.onAnswer(message);
      return;
    }
    if (message.kind === 'nodes') return this.#clients.nodesTold(message);
    if (message.kind === 'not-reached') return this.#notReachedBy(message);
    if (message.kind === 'name-wanted') return this.#nameWanted(message);
    if (message.kind === 'holdings-wanted') return this.#nameServer.nameHoldings(message);
    this.#nameServer.answered(message);
    const askedAt = message.kind === 'renewed' ? this.#nameServer.onRenewed(message) : undefined;
    this.#groups.onNameServer(message);
    if (message.kind === 'deleted') this.#nameServer.confirmEnd(message);
    const inContact = this.#shared.isolated && !this.#nameServer.isIsolated;
    const heard = this.#wakeWatch.heard(askedAt);
    if (!inContact && !heard) return;
    // Memberships that are over have learned it; the others go on, and learn the rest.
    this.#watchContact();
    if (heard) for (const session of this.#groups.all()) session.tellMetagroup({ kind: 'heard' });
    this.#groups.onNameServer(message);
  }

  #notReachedBy({ by, address, why }: Extract<FromNameServer, { kind: 'not-reached' }>): void {
    const fields = { by, address, why };
    if (why === null) this.#shared.log('info', 'other daemon reaches this one again', fields);
    else this.#shared.log('warn', 'other daemon cannot reach this one; see --advertise', fields);
  }

  #nameWanted({ number, address, pid }: Extract<FromNameServer, { kind: 'name-wanted' }>): void {
    const fields = {
      node: nodeOf(this.#shared.self),
      address,
      ...(pid !== undefined && { process: pid }),
    };
    this.#shared.log('warn', 'another daemon wants the name of this node, and is refused', fields);
    this.#nameServer.holdsName(number);
  }

  /** Asks until the nodes are over: groups come behind them. */
  #listNodes(question: number, known: readonly ListedNode[] = []): void {
    const last = known.at(-1);
    this.#nameServer.list(last === undefined ? undefined : { node: last.node }, (listed) => {
      if (!listed.ok) {
        const answer = { nodes: null, note: listed.why };
        return this.#shared.emit({ kind: 'nodesListed', question, answer });
      }
      const { nodes: here, groups, more } = listed.answer;
      const nodes = [...known, ...here];
      if (more === true && groups.length === 0 && here.length > 0) {
        return this.#listNodes(question, nodes);
      }
      this.#shared.emit({ kind: 'nodesListed', question, answer: { nodes, note: undefined } });
    });
  }

  #askDrain({ question, node, wish }: Extract<DaemonInput, { kind: 'askDrain' }>): void {
    this.#drains.ask(node, wish, (answer) => {
      this.#shared.emit({ kind: 'drainAnswered', question, answer });
    });
  }

  #describeGroup(question: number, group: GroupName): void {
    this.#nameServer.describe(group, (described) => {
      if (!described.ok) {
        const answer = { entry: null, waitsFor: [], note: described.why, told: false };
        this.#shared.emit({ kind: 'groupDescribed', question, answer });
        return;
      }
      const { entry, waitsFor } = described.answer;
      const waits = entry !== null && waitsFor.length > 0;
      const note = waits ? waitingText(group, entry.generation, waitsFor) : undefined;
      const answer = { entry, waitsFor, note, told: true };
      this.#shared.emit({ kind: 'groupDescribed', question, answer });
    });
  }

  #onLink(
    input: Extract<
      DaemonInput,
      { kind: 'peerUp' | 'peerClosed' | 'peerNotReached' | 'peerUnreachable' | 'peerSuperseded' }
    >,
  ): void {
    switch (input.kind) {
      case 'peerNotReached':
        return this.#unreached.failed(input.peer, input.address, input.why);
      case 'peerUp':
        this.#unreached.forget(input.peer);
        this.#peers.learnAddress(input.peer, input.address);
        return this.#peers.heard(input.peer);
      case 'peerClosed':
        return this.#peers.onEvidence('linkClosed', input.peer);
      case 'peerUnreachable':
        return this.#peers.onEvidence('unreachable', input.peer);
      case 'peerSuperseded':
        return this.#peers.onEvidence('superseded', input.peer);
      default:
        return assertNever(input);
    }
  }

  #fromPeer(message: DaemonMessage, input: Extract<DaemonInput, { kind: 'fromPeer' }>): void {
    if (message.kind === 'group') {
      this.#groups.received(message.envelope);
      return;
    }
    const { message: said } = message;
    if (said.kind === 'ask-votes' || said.kind === 'votes') {
      this.#voteQuestions.onMessage(input.peer, said);
    } else if (said.kind === 'ask-drain' || said.kind === 'drain') {
      this.#drains.onMessage(input.peer, said);
    } else {
      this.#peers.onMessage(input.peer, said);
    }
  }

  #onDeadline(): void {
    this.#peers.onDeadline();
    this.#nameServer.onDeadline();
    this.#nodes.onDeadline();
    this.#groups.onDeadline();
    this.#clients.onDeadline();
    this.#voteQuestions.onDeadline();
    this.#drains.onDeadline();
    this.#wakeWatch.onDeadline();
    this.#groups.closeOver();
    this.#groups.settle();
    if (this.#shared.stopping) this.#stopIfDone();
  }

  /** Own processes are told, memberships are left (a leader hands over), then the lease ends. */
  #stop(): void {
    if (this.#shared.stopping) return;
    this.#shared.stopping = true;
    this.#stopAt = this.#shared.now + (this.#nameServer.isConnected ? STOP_MS : LONELY_STOP_MS);
    this.#shared.log('info', 'stopping', {
      groups: this.#groups.size,
      clients: this.#clients.size,
    });
    for (const session of this.#groups.all()) session.tellProcessGroup({ kind: 'stopping' });
    this.#clients.closeAll('the daemon is stopping');
    this.#groups.closeOver();
    this.#stopIfDone();
  }

  #stopIfDone(): void {
    if (this.#groups.size > 0 && this.#shared.now < this.#stopAt) return;
    this.#peers.sayStopping();
    this.#nameServer.unregister();
    this.#stopped = true;
    this.#shared.emit({ kind: 'stopped' });
  }
}

/** A stop that takes longer than this ends without the rest. */
const STOP_MS = 4_000;
/** Without a name server nothing can be handed over: just long enough to tell the others. */
const LONELY_STOP_MS = 1_000;
