import { assertNever, Counts, Driver } from '@group-services/core';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonOutput,
  type DrainAnswer,
  daemonJournal,
  type GroupAnswer,
  isUrgent,
  type NodesAnswer,
  type VotesAnswer,
} from '@group-services/daemon-engine';
import {
  Intake,
  type Logger,
  NameServerConnection,
  NodeHost,
  PeerLinks,
  ProgramFailure,
  type SessionRefused,
  Traffic,
} from '@group-services/runtime';
import type { Transport } from '@group-services/transport';
import { type Welcome, wireOffer, wireOfWelcome } from '@group-services/wire';
import { ClientLinks } from './client-links.js';
import { paceOf } from './client-pace.js';
import type { DaemonConfig } from './config.js';
import { engineOptions } from './engine-options.js';
import { EngineQuestions } from './engine-questions.js';
import type { DaemonHello } from './hello.js';
import { OperatorDesk } from './operator-desk.js';
import { PeerAcceptor } from './peer-acceptor.js';
import { clientLimits } from './process-limits.js';
import type { Security } from './security/security.js';
import { Tracing } from './tracing.js';
import type { Troubles } from './troubles.js';

/**
 * One incarnation of this node's daemon: the engine, its driver, and the links with other daemons, with
 * processes and with the name server. Whatever comes in on a link is an input of the engine, and each of its
 * outputs is carried out here. Where it is reached is seen to by {@link openDaemon}.
 */
export class Daemon {
  readonly engine: DaemonEngine;
  readonly clients: ClientLinks;
  readonly acceptor: PeerAcceptor;
  readonly traffic = new Traffic();
  /** Handshakes that were refused, by code. */
  readonly handshakes = new Counts();
  readonly nodes: EngineQuestions<NodesAnswer>;
  readonly entries: EngineQuestions<GroupAnswer>;
  readonly votes: EngineQuestions<VotesAnswer>;
  readonly drains: EngineQuestions<DrainAnswer>;
  /** What operators want at the admin endpoint. */
  readonly desk: OperatorDesk;
  /** What has happened lately, for pages. */
  readonly journal = daemonJournal();
  readonly #host = new NodeHost();
  readonly #tracing = new Tracing(() => this.#host.now());
  readonly #parts: DaemonParts;
  readonly #driver: Driver<DaemonInput, DaemonOutput>;
  readonly #intake: Intake;
  readonly #peers: PeerLinks;
  readonly #nameServer: NameServerConnection;
  readonly #forgetPermissions: () => void;
  /** A name server has accepted this incarnation. */
  #isAccepted = false;
  #stopped: () => void = () => {};

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    const enqueue = (input: DaemonInput): void => this.#driver.enqueue(input);
    const { journal } = this;
    this.engine = new DaemonEngine({ ...engineOptions(parts.config, parts.hello), journal });
    this.#intake = new Intake(() => this.#driver);
    this.#driver = new Driver<DaemonInput, DaemonOutput>({
      engine: this.engine,
      host: this.#host,
      perform: (output) => this.#perform(output),
      turnEnded: () => this.#intake.turnEnded(),
      isUrgent,
      unread: () => this.#intake.unread(),
    });
    this.nodes = new EngineQuestions(enqueue);
    this.entries = new EngineQuestions(enqueue);
    this.votes = new EngineQuestions(enqueue);
    this.drains = new EngineQuestions(enqueue);
    this.desk = new OperatorDesk(enqueue);
    this.#peers = this.#makePeers(enqueue);
    this.acceptor = this.#makeAcceptor(enqueue);
    this.clients = this.#makeClients(enqueue);
    this.#nameServer = this.#makeNameServer(enqueue);
    this.#forgetPermissions = parts.security.onPermissions((permissions) =>
      enqueue({ kind: 'permissions', permissions }),
    );
  }

  /** What time it is for the engine. */
  readonly now = (): number => this.#host.now();

  /** Goes to the name server, once processes and other daemons are listened for. */
  start(): void {
    this.#nameServer.start();
  }

  /** Leaves all groups in order, and resolves when the engine has done so. */
  async leave(): Promise<void> {
    this.clients.stopping();
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      this.#driver.enqueue({ kind: 'stop' });
    });
  }

  /** Ends the engine and closes all links; what was queued on them is still written. */
  close(): void {
    this.#driver.stop();
    this.#forgetPermissions();
    this.nodes.close();
    this.entries.close();
    this.votes.close();
    this.drains.close();
    this.desk.close();
    this.clients.closeAll();
    this.#peers.close();
    this.acceptor.closeAll();
    this.#nameServer.close();
  }

  #makePeers(enqueue: (input: DaemonInput) => void): PeerLinks {
    const { config, hello, transports, troubles } = this.#parts;
    return new PeerLinks({
      transports,
      hello,
      dialTimeoutMs: config.suspectAfter,
      traffic: this.traffic,
      events: {
        up: (peer, address) => {
          troubles.peerUp(peer, address);
          enqueue({ kind: 'peerUp', peer, address });
        },
        failed: (peer, address, why, whose) => {
          troubles.peerFailed(peer, address, why);
          if (whose === 'theirs') enqueue({ kind: 'peerNotReached', peer, address, why });
        },
        closed: (peer) => enqueue({ kind: 'peerClosed', peer }),
        unreachable: (peer) => enqueue({ kind: 'peerUnreachable', peer }),
        superseded: (peer, incarnation) => enqueue({ kind: 'peerSuperseded', peer, incarnation }),
      },
    });
  }

  #makeAcceptor(enqueue: (input: DaemonInput) => void): PeerAcceptor {
    const { config, hello, logger, troubles } = this.#parts;
    return new PeerAcceptor({
      self: hello,
      enqueue,
      intake: this.#intake,
      logger,
      traffic: this.traffic,
      refused: (code) => this.handshakes.add(1, code),
      heartbeatOf: (peer, everyMs) => troubles.heartbeatOf(peer, everyMs, config),
    });
  }

  #makeClients(enqueue: (input: DaemonInput) => void): ClientLinks {
    const { config, hello, logger, security, admin } = this.#parts;
    return new ClientLinks({
      domain: hello.domain,
      node: hello.node,
      offer: hello,
      security,
      incarnation: hello.incarnation,
      pace: paceOf(config),
      limits: clientLimits(config),
      enqueue,
      intake: this.#intake,
      logger,
      refused: (code) => this.handshakes.add(1, code),
      admin,
      tracing: this.#tracing,
    });
  }

  /** Which name server it is connected to. */
  get nameServerAddress(): string | undefined {
    return this.#nameServer.address;
  }

  #makeNameServer(enqueue: (input: DaemonInput) => void): NameServerConnection {
    const { config, hello, transports, troubles } = this.#parts;
    return new NameServerConnection({
      transports,
      addresses: config.nameServer,
      hello,
      events: {
        failed: (address, why) => troubles.nameServerFailed(address, why),
        up: (welcome) => this.#welcomed(welcome),
        down: (why) => {
          troubles.nameServerLost(why);
          enqueue({ kind: 'nameServerDown' });
        },
        message: (message) => enqueue({ kind: 'fromNameServer', message }),
        refused: (error) => this.#refused(error),
      },
    });
  }

  #welcomed(welcome: Welcome): void {
    const { config, hello, logger, troubles } = this.#parts;
    troubles.nameServerUp(config.nameServer);
    logger.info({ domain: hello.domain, epoch: welcome.epoch }, 'name server connected');
    this.#isAccepted = true;
    this.#driver.enqueue({
      kind: 'nameServerUp',
      epoch: welcome.epoch ?? 0,
      store: welcome.store ?? '',
      leaseMs: welcome.lease ?? 3_000,
      isolation: welcome.isolation ?? 'continue',
      leaderRecovery: welcome.leaderRecovery ?? 'announced',
      features: wireOfWelcome(wireOffer(config.wireMinor), welcome)?.features,
    });
  }

  /** Only a start that no name server has accepted can merely be too low. */
  #refused({ message, incarnationFloor }: SessionRefused): void {
    const { failed, outdated } = this.#parts.events;
    if (this.#isAccepted || incarnationFloor === undefined) failed(new ProgramFailure(message));
    else outdated(incarnationFloor);
  }

  /** What is about a process names it. */
  #log({ level, event, fields }: Extract<DaemonOutput, { readonly kind: 'log' }>): void {
    const { client } = fields;
    const clientName = typeof client === 'number' ? this.clients.nameOf(client) : undefined;
    this.#parts.logger[level](clientName === undefined ? fields : { ...fields, clientName }, event);
  }

  #perform(output: DaemonOutput): void {
    switch (output.kind) {
      case 'toPeer':
        this.#peers.send(output.peer, output.address, output.message);
        return;
      case 'toPeers':
        this.#peers.sendAll(output.peers, output.message);
        return;
      case 'toClient':
        if (this.desk.received(output.client, output.message)) return;
        this.clients.send(output.client, output.message);
        return;
      case 'toNameServer':
        this.#nameServer.send(output.message);
        return;
      case 'probePeer':
        this.#peers.probe(output.peer, output.address);
        return;
      case 'dropPeer':
        this.#peers.drop(output.peer);
        return;
      case 'closeClient':
        if (this.desk.ended(output.client)) return;
        this.clients.close(output.client, output.reason);
        return;
      case 'log':
        this.#log(output);
        return;
      case 'nodesListed':
        this.nodes.answer(output.question, output.answer);
        return;
      case 'groupDescribed':
        this.entries.answer(output.question, output.answer);
        return;
      case 'votesAnswered':
        this.votes.answer(output.question, output.answer);
        return;
      case 'drainAnswered':
        this.drains.answer(output.question, output.answer);
        return;
      case 'stopped':
        this.#stopped();
        return;
      case 'traced':
        this.#tracing.over(output);
        return;
      case 'observed':
        return;
      default:
        assertNever(output);
    }
  }
}

/** What a daemon cannot settle by itself. */
export interface DaemonEvents {
  /** A definite reason to stop: the name server refuses this daemon. */
  readonly failed: (error: ProgramFailure) => void;
  /** The name server has seen this incarnation of our node: ours is lower, and was never in use. */
  readonly outdated: (seen: number) => void;
}

/** What a daemon is built from. */
export interface DaemonParts {
  readonly config: DaemonConfig;
  readonly hello: DaemonHello;
  readonly logger: Logger;
  readonly security: Security;
  readonly transports: readonly Transport[];
  readonly troubles: Troubles;
  readonly events: DaemonEvents;
  /** The admin endpoint, known once it listens. */
  readonly admin: () => string | undefined;
}
