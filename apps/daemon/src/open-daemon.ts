import { setTimeout as pause } from 'node:timers/promises';
import type { NodeName } from '@group-services/core';
import {
  type AdminServer,
  type Logger,
  type Readiness,
  startAdminServer,
} from '@group-services/runtime';
import {
  type Link,
  type LinkHandlers,
  type Transport,
  transportFor,
} from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { udp } from '@group-services/transport/udp';
import { unix } from '@group-services/transport/unix';
import { prepareDecoders } from '@group-services/wire';
import { adminRoutes } from './admin.js';
import { adminActions } from './admin-actions.js';
import { type DaemonConfig, program } from './config.js';
import { consoleFolder } from './console.js';
import { Daemon, type DaemonEvents } from './daemon.js';
import { daemonHello } from './hello.js';
import { Listeners } from './listeners.js';
import { daemonMetrics } from './metrics.js';
import { OwnAddress } from './own-address.js';
import type { Security } from './security/security.js';
import { Troubles } from './troubles.js';

/** How often and how long the last bytes to clients are waited for before the process may end. */
const CLOSING_WAITS = 25;
const CLOSING_WAIT_MS = 20;

type Accept = (link: Link) => LinkHandlers;

/**
 * Opens one incarnation of this node's daemon. It listens for other daemons first, since what it says of
 * itself names the address; then the daemon is built, all of it at once; then processes and operators are
 * let in, and last it goes to the name server.
 *
 * @throws ProgramFailure, TransportError when an address cannot be served; nothing stays open then
 */
export async function openDaemon(options: OpenDaemonOptions): Promise<OpenDaemon> {
  const { config, logger, incarnation, security, events } = options;
  // Before anybody connects: later it would keep them waiting, a takeover most of all.
  prepareDecoders();
  const transports = [tcp(), udp(), unix(), ...security.transports, ...options.transports];
  const troubles = new Troubles(logger);
  const listeners = new Listeners({ transports, logger, troubles });
  let acceptPeer: Accept = sendAway;
  const listen = await listeners.forPeers(config.listen, (link) => acceptPeer(link));
  const hello = daemonHello(config, incarnation, listen);
  const { node, domain, address } = hello;
  const found = (why: string | undefined): void => troubles.ownAddress(address, why);
  const own = new OwnAddress({ transports, address, found });
  let admin: AdminServer | undefined;
  const parts = { config, hello, logger, security, transports, troubles, events };
  const daemon = new Daemon({ ...parts, admin: () => admin?.address });
  acceptPeer = daemon.acceptor.acceptor();
  let isServing = false;
  const close = async (): Promise<void> => {
    isServing = false;
    daemon.close();
    own.close();
    await listeners.close();
    await admin?.close();
    await lastBytes(daemon);
  };
  try {
    const client: string[] = [];
    for (const listened of config.client) {
      const { privacy } = transportFor(listened, transports);
      const accept = daemon.clients.acceptor(privacy);
      client.push(await listeners.forClients(listened, accept, config));
    }
    const readiness = () => troubles.readiness(isServing, daemon.clients.wants);
    admin = await openAdmin(options, daemon, readiness);
    daemon.start();
    isServing = true;
    // Nothing of it is thrown, and nobody waits for it.
    void own.check();
    const stop = async (): Promise<void> => {
      isServing = false;
      await daemon.leave();
      await close();
    };
    return { ready: { node, domain, listen, client, admin: admin.address }, stop, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where a daemon serves. */
export interface ReadyDaemon {
  readonly node: NodeName;
  readonly domain: string;
  readonly listen: string;
  readonly client: readonly string[];
  readonly admin: string;
}

/** A daemon that serves. */
export interface OpenDaemon {
  readonly ready: ReadyDaemon;
  /** Leaves all groups in order, then closes. */
  readonly stop: () => Promise<void>;
  /** Closes at once; what was queued is still written. */
  readonly close: () => Promise<void>;
}

export interface OpenDaemonOptions {
  readonly config: DaemonConfig;
  readonly logger: Logger;
  /** Those that the operator has brought. */
  readonly transports: readonly Transport[];
  readonly incarnation: number;
  readonly security: Security;
  readonly events: DaemonEvents;
}

/** Before the daemon is built nobody is served; other daemons try again. */
function sendAway(link: Link): LinkHandlers {
  link.close();
  return { onFrame: () => {}, onClose: () => {} };
}

async function openAdmin(
  { config, logger, security }: OpenDaemonOptions,
  daemon: Daemon,
  readiness: () => Readiness,
): Promise<AdminServer> {
  const { engine, nodes, entries, votes, drains, clients } = daemon;
  return await startAdminServer({
    listen: config.admin,
    access: security.adminAccess,
    tls: security.tls,
    logger,
    readiness,
    page: consoleFolder,
    actions: adminActions(daemon.desk),
    routes: adminRoutes({
      engine,
      nodes,
      entries,
      votes,
      nameServerAddress: () => daemon.nameServerAddress,
      drains,
      domain: config.domain,
      version: program.version,
      startedAt: new Date(),
      journal: daemon.journal,
      now: daemon.now,
      clients,
      logger,
      metrics: daemonMetrics({
        engine,
        traffic: daemon.traffic,
        handshakes: daemon.handshakes,
        clients,
        version: program.version,
        wireMinor: config.wireMinor,
        certificates: [config.tlsCert, config.tlsCa].filter((file) => file !== undefined),
        groupsMax: config.metricsGroups,
      }),
      options: config,
      queuedBytes: (client) => clients.queuedBytes(client),
    }),
  });
}

/** Waits for what is on its way to processes, for a moment. */
async function lastBytes({ clients }: Daemon): Promise<void> {
  for (let wait = 0; wait < CLOSING_WAITS && clients.closing > 0; wait += 1) {
    await pause(CLOSING_WAIT_MS);
  }
}
