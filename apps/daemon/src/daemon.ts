import { setTimeout as pause } from 'node:timers/promises';
import { assertNever, Counts, Driver, daemonId, type NodeName } from '@group-services/core';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonOutput,
  type GroupAnswer,
  isUrgent,
  type NodesAnswer,
  type VotesAnswer,
} from '@group-services/daemon-engine';
import {
  type AdminServer,
  Intake,
  type Logger,
  type Metrics,
  NameServerConnection,
  NodeHost,
  PeerLinks,
  ProgramFailure,
  type SessionRefused,
  startAdminServer,
  Traffic,
} from '@group-services/runtime';
import type { Transport } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { udp } from '@group-services/transport/udp';
import { unix } from '@group-services/transport/unix';
import { type Hello, MAGIC, prepareDecoders, WIRE_VERSION } from '@group-services/wire';
import { adminRoutes } from './admin.js';
import { ClientLinks } from './client-links.js';
import { paceOf } from './client-pace.js';
import { type DaemonConfig, program } from './config.js';
import { engineOptions } from './engine-options.js';
import { EngineQuestions } from './engine-questions.js';
import { Listeners } from './listeners.js';
import { daemonMetrics } from './metrics.js';
import { OwnAddress } from './own-address.js';
import { PeerAcceptor } from './peer-acceptor.js';
import type { Security } from './security/security.js';
import { Troubles } from './troubles.js';

/** How often and how long the last bytes to clients are waited for before the process may end. */
const CLOSING_WAITS = 25;
const CLOSING_WAIT_MS = 20;

/**
 * A wildcard address is no use to others: the node's name is, unless told otherwise. The multicast
 * group that was joined belongs to the address.
 */
function advertised(config: DaemonConfig, listening: string): string {
  const group = /\?multicast=.*$/u.exec(listening)?.[0] ?? '';
  if (config.advertise !== undefined) {
    const bare = config.advertise.startsWith('udp://') && !config.advertise.includes('?');
    return bare ? config.advertise + group : config.advertise;
  }
  return listening.replace(/^(tcp|tls|udp):\/\/(0\.0\.0\.0|\[::\]):/, `$1://${config.node}:`);
}

/** What a daemon cannot settle by itself. */
export interface DaemonEvents {
  /** A definite reason to stop: the name server refuses this daemon. */
  readonly failed: (error: ProgramFailure) => void;
  /** The name server has seen this incarnation of our node: ours is lower, and was never in use. */
  readonly outdated: (seen: number) => void;
}

/** Where a daemon serves. */
export interface ReadyDaemon {
  readonly node: NodeName;
  readonly domain: string;
  readonly listen: string;
  readonly client: readonly string[];
  readonly admin: string;
}

/** One incarnation of this node's daemon: the engine, its driver, and the sockets around them. */
export class Daemon {
  readonly #config: DaemonConfig;
  readonly #logger: Logger;
  readonly #events: DaemonEvents;
  readonly #transports: readonly Transport[];
  readonly #incarnation: number;
  readonly #intake = new Intake(() => this.#driver);
  readonly #nodes = new EngineQuestions<NodesAnswer>((it) => this.#driver?.enqueue(it));
  readonly #entries = new EngineQuestions<GroupAnswer>((it) => this.#driver?.enqueue(it));
  readonly #votes = new EngineQuestions<VotesAnswer>((it) => this.#driver?.enqueue(it));
  readonly #listeners: Listeners;
  #admin: AdminServer | undefined;
  #driver: Driver<DaemonInput, DaemonOutput> | undefined;
  #peers: PeerLinks | undefined;
  #acceptor: PeerAcceptor | undefined;
  #clients: ClientLinks | undefined;
  #nameServer: NameServerConnection | undefined;
  #own: OwnAddress | undefined;
  #serving = false;
  readonly #troubles: Troubles;
  readonly #traffic = new Traffic();
  /** Handshakes that were refused, by code. */
  readonly #handshakes = new Counts();
  readonly #security: Security;
  /** A name server has accepted this incarnation. */
  #accepted = false;
  #forgetPermissions: () => void = () => {};
  #stopped: (() => void) | undefined;

  constructor(
    config: DaemonConfig,
    logger: Logger,
    {
      incarnation,
      security,
      ...events
    }: DaemonEvents & { readonly incarnation: number; readonly security: Security },
  ) {
    this.#config = config;
    this.#logger = logger;
    this.#troubles = new Troubles(logger);
    this.#security = security;
    this.#transports = [tcp(), udp(), unix(), ...security.transports];
    this.#listeners = new Listeners({
      transports: this.#transports,
      logger,
      troubles: this.#troubles,
    });
    this.#incarnation = incarnation;
    this.#events = events;
  }

  async start(): Promise<ReadyDaemon> {
    // Before anybody connects: later it would keep them waiting, a takeover most of all.
    prepareDecoders();
    const config = this.#config;
    const node = config.node as NodeName;
    const listening = await this.#listenForPeers();
    const hello = this.#hello(node, advertised(config, listening));
    const engine = this.#makeEngine(node, hello.address ?? listening);
    this.#makeLinks(hello);
    const client = await this.#listenForClients();
    this.#admin = await startAdminServer({
      listen: config.admin,
      access: this.#security.adminAccess,
      tls: this.#security.tls,
      logger: this.#logger,
      readiness: () => this.#troubles.readiness(this.#serving, this.#clients?.wants ?? []),
      routes: adminRoutes({
        engine,
        nodes: this.#nodes,
        entries: this.#entries,
        votes: this.#votes,
        domain: config.domain,
        version: program.version,
        startedAt: new Date(),
        metrics: this.#makeMetrics(engine),
        options: config,
        queuedBytes: (client) => this.#clients?.queuedBytes(client) ?? 0,
      }),
    });
    this.#nameServer?.start();
    this.#serving = true;
    this.#lookAtOwnAddress(hello.address ?? listening);
    return { node, domain: config.domain, listen: listening, client, admin: this.#admin.address };
  }

  #hello(node: NodeName, address: string): Hello {
    return {
      kind: 'hello',
      magic: MAGIC,
      role: 'daemon',
      wire: { ...WIRE_VERSION },
      domain: this.#config.domain,
      node,
      incarnation: this.#incarnation,
      heartbeat: this.#config.heartbeat,
      address,
      ...(this.#config.ephemeral && { ephemeral: true }),
      features: [],
    };
  }

  #lookAtOwnAddress(address: string): void {
    const found = (why: string | undefined): void => this.#troubles.ownAddress(address, why);
    this.#own = new OwnAddress({ transports: this.#transports, address, found });
    // Nothing of it is thrown, and nobody waits for it.
    void this.#own.check();
  }

  #makeEngine(node: NodeName, address: string): DaemonEngine {
    const itself = { node, incarnation: this.#incarnation, address };
    const engine = new DaemonEngine(engineOptions(this.#config, itself));
    this.#driver = new Driver<DaemonInput, DaemonOutput>({
      engine,
      host: new NodeHost(),
      perform: (output) => this.#perform(output),
      turnEnded: () => this.#intake.turnEnded(),
      isUrgent,
      unread: () => this.#intake.unread(),
    });
    return engine;
  }

  #makeMetrics(engine: DaemonEngine): Metrics {
    return daemonMetrics({
      engine,
      traffic: this.#traffic,
      handshakes: this.#handshakes,
      clients: () => this.#clients,
      version: program.version,
      certificates: [this.#config.tlsCert, this.#config.tlsCa].filter((it) => it !== undefined),
      groupsMax: this.#config.metricsGroups,
    });
  }

  #makeLinks(hello: Hello): void {
    const { domain, nameServer, suspectAfter } = this.#config;
    const enqueue = (input: DaemonInput): void => this.#driver?.enqueue(input);
    const logger = this.#logger;
    this.#peers = new PeerLinks({
      transports: this.#transports,
      hello,
      dialTimeoutMs: suspectAfter,
      traffic: this.#traffic,
      events: {
        up: (peer, address) => {
          this.#troubles.peerUp(peer, address);
          enqueue({ kind: 'peerUp', peer, address });
        },
        failed: (peer, address, why, whose) => {
          this.#troubles.peerFailed(peer, address, why);
          if (whose === 'theirs') enqueue({ kind: 'peerNotReached', peer, address, why });
        },
        closed: (peer) => enqueue({ kind: 'peerClosed', peer }),
        unreachable: (peer) => enqueue({ kind: 'peerUnreachable', peer }),
        superseded: (peer, incarnation) => enqueue({ kind: 'peerSuperseded', peer, incarnation }),
      },
    });
    const selfId = daemonId(this.#config.node as NodeName, this.#incarnation);
    this.#acceptor = new PeerAcceptor({
      self: hello,
      selfId,
      enqueue,
      intake: this.#intake,
      logger,
      traffic: this.#traffic,
      refused: (code) => this.#handshakes.add(1, code),
      heartbeatOf: (peer, everyMs) => this.#troubles.heartbeatOf(peer, everyMs, this.#config),
    });
    this.#clients = new ClientLinks({
      domain,
      node: this.#config.node,
      security: this.#security,
      incarnation: this.#incarnation,
      pace: paceOf(this.#config),
      enqueue,
      intake: this.#intake,
      logger,
      refused: (code) => this.#handshakes.add(1, code),
      admin: () => this.#admin?.address,
    });
    this.#forgetPermissions = this.#security.onPermissions((permissions) =>
      enqueue({ kind: 'permissions', permissions }),
    );
    this.#nameServer = new NameServerConnection({
      transports: this.#transports,
      addresses: nameServer,
      hello,
      events: {
        failed: (address, why) => this.#troubles.nameServerFailed(address, why),
        up: (welcome) => {
          this.#troubles.nameServerUp(nameServer);
          logger.info({ domain, epoch: welcome.epoch }, 'name server connected');
          this.#accepted = true;
          enqueue({
            kind: 'nameServerUp',
            epoch: welcome.epoch ?? 0,
            store: welcome.store ?? '',
            leaseMs: welcome.lease ?? 3_000,
            isolation: welcome.isolation ?? 'continue',
            leaderRecovery: welcome.leaderRecovery ?? 'announced',
          });
        },
        down: (why) => {
          this.#troubles.nameServerLost(why);
          enqueue({ kind: 'nameServerDown' });
        },
        message: (message) => enqueue({ kind: 'fromNameServer', message }),
        refused: (error) => this.#refused(error),
      },
    });
  }

  /** The handlers are made when the first link comes, by which time everything stands. */
  async #listenForPeers(): Promise<string> {
    return await this.#listeners.forPeers(this.#config.listen, (link) => {
      const acceptor = this.#acceptor;
      if (acceptor !== undefined) return acceptor.acceptor()(link);
      link.close();
      return { onFrame: () => {}, onClose: () => {} };
    });
  }

  async #listenForClients(): Promise<string[]> {
    const addresses: string[] = [];
    for (const address of this.#config.client) {
      const accept = this.#clients?.acceptor();
      if (accept === undefined) break;
      addresses.push(await this.#listeners.forClients(address, accept, this.#config));
    }
    return addresses;
  }

  #perform(output: DaemonOutput): void {
    switch (output.kind) {
      case 'toPeer':
        this.#peers?.send(output.peer, output.address, output.message);
        return;
      case 'toPeers':
        this.#peers?.sendAll(output.peers, output.message);
        return;
      case 'toClient':
        this.#clients?.send(output.client, output.message);
        return;
      case 'toNameServer':
        this.#nameServer?.send(output.message);
        return;
      case 'probePeer':
        this.#peers?.probe(output.peer, output.address);
        return;
      case 'dropPeer':
        this.#peers?.drop(output.peer);
        return;
      case 'closeClient':
        this.#clients?.close(output.client, output.reason);
        return;
      case 'log':
        this.#logger[output.level](output.fields, output.event);
        return;
      case 'nodesListed':
        this.#nodes.answer(output.question, output.answer);
        return;
      case 'groupDescribed':
        this.#entries.answer(output.question, output.answer);
        return;
      case 'votesAnswered':
        this.#votes.answer(output.question, output.answer);
        return;
      case 'stopped':
        this.#stopped?.();
        return;
      case 'observed':
        return;
      default:
        assertNever(output);
    }
  }

  /** Only a start that no name server has accepted can merely be too low. */
  #refused({ message, incarnationFloor }: SessionRefused): void {
    if (this.#accepted || incarnationFloor === undefined) {
      this.#events.failed(new ProgramFailure(message));
    } else {
      this.#events.outdated(incarnationFloor);
    }
  }

  async stop(): Promise<void> {
    this.#serving = false;
    this.#clients?.stopping();
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      this.#driver?.enqueue({ kind: 'stop' });
    });
    await this.close();
  }

  /** Closes whatever stands; what was queued is still written. */
  async close(): Promise<void> {
    this.#driver?.stop();
    this.#forgetPermissions();
    this.#nodes.close();
    this.#entries.close();
    this.#votes.close();
    this.#clients?.closeAll();
    this.#peers?.close();
    this.#acceptor?.closeAll();
    this.#nameServer?.close();
    this.#own?.close();
    await this.#listeners.close();
    await this.#admin?.close();
    for (let wait = 0; wait < CLOSING_WAITS && (this.#clients?.closing ?? 0) > 0; wait += 1) {
      await pause(CLOSING_WAIT_MS);
    }
  }
}
