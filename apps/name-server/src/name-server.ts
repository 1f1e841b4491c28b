import { Driver } from '@group-services/core';
import {
  leastSilence,
  NameServerEngine,
  type NameServerInput,
  type NameServerOutput,
} from '@group-services/name-server';
import {
  AdminTokenFile,
  Complaints,
  Intake,
  type Logger,
  NodeHost,
  ProgramFailure,
  type RunningProgram,
  startAdminServer,
  TlsFiles,
  tellUntrusted,
} from '@group-services/runtime';
import { transportFor } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unix } from '@group-services/transport/unix';
import { LIMITS, wireOffer } from '@group-services/wire';
import { adminRoutes, readiness } from './admin.js';
import { anewAfterOf, type NameServerConfig, program, storeDirectory } from './config.js';
import { DaemonSessions } from './daemon-sessions.js';
import { NameServerTally, nameServerMetrics } from './metrics.js';
import { OutputGate } from './output-gate.js';
import type { Store } from './store/contract.js';
import { FileStore, reasonOf } from './store/file-store.js';
import { MemoryStore } from './store/memory-store.js';

/**
 * Starts a name server: opens its store, listens, and joins the engine to both.
 *
 * @throws ProgramFailure, TransportError for what its operator can do something about
 */
export async function startNameServer(
  config: NameServerConfig,
  logger: Logger,
  fail: (reason: ProgramFailure) => void,
): Promise<RunningProgram> {
  const certificates = TlsFiles.open(config, logger);
  const directory = storeDirectory(config);
  const store =
    directory === undefined ? new MemoryStore() : await FileStore.open(directory, logger);
  try {
    return await new NameServer({ config, logger, fail, store, certificates }).start();
  } catch (error) {
    certificates?.close();
    await store.close();
    throw error;
  }
}

interface NameServerParts {
  readonly config: NameServerConfig;
  readonly logger: Logger;
  readonly fail: (reason: ProgramFailure) => void;
  readonly store: Store;
  readonly certificates: TlsFiles | undefined;
}

class NameServer {
  readonly #parts: NameServerParts;
  readonly #host = new NodeHost();
  readonly #engine: NameServerEngine;
  readonly #driver: Driver<NameServerInput, NameServerOutput>;
  readonly #tally = new NameServerTally();
  readonly #gate: OutputGate;
  readonly #sessions: DaemonSessions;
  /** What waits for the disk counts: daemons are read no faster than their changes are stored. */
  readonly #intake = new Intake(() => ({
    backlog: this.#driver.backlog + this.#gate.size,
    delayMs: this.#driver.delayMs,
  }));

  constructor(parts: NameServerParts) {
    const { config, logger, fail, store } = parts;
    this.#parts = parts;
    const restored = store.restore();
    // A clock that was set back must not repeat an epoch.
    const epoch = Math.max(Date.now(), (restored?.epoch ?? 0) + 1);
    this.#engine = new NameServerEngine({
      epoch,
      domain: config.domain,
      leaseMs: config.lease,
      store: store.name,
      fresh: config.fresh,
      // Ephemeral daemons that have not come back by its end stand still.
      recoveryWindowMs: config.recoveryWindow ?? leastSilence(config.lease),
      isolation: config.isolation,
      anewAfterMs: config.isolation === 'suspend' ? anewAfterOf(config) : undefined,
      leaderRecovery: config.leaderRecovery,
      restored,
    });
    this.#sessions = new DaemonSessions({
      domain: config.domain,
      welcome: {
        epoch,
        store: store.name,
        limits: { frame: LIMITS.frame },
        isolation: config.isolation,
        leaderRecovery: config.leaderRecovery,
        lease: config.lease,
      },
      offer: wireOffer(config.wireMinor),
      incarnationOf: (node) => this.#engine.incarnationOf(node),
      supersededText: (node) => this.#engine.supersededText(node),
      enqueue: (input) => this.#driver.enqueue(input),
      intake: this.#intake,
      logger,
      isProtected: config.listen.startsWith('tls:'),
      tlsOptional: config.tlsOptional,
      refused: (code) => this.#tally.refused.add(1, code),
    });
    this.#gate = new OutputGate({
      append: async (records) => {
        const begun = performance.now();
        await store.append(records);
        if (restored !== undefined) this.#tally.syncMs.add(performance.now() - begun, '');
      },
      perform: (output) => this.#perform(output),
      written: () => this.#intake.turnEnded(),
      failed: (error) => {
        const why = `cannot write to the store ${config.store}: ${reasonOf(error)}`;
        fail(new ProgramFailure(`${why}; what was not stored is not answered`, { cause: error }));
      },
    });
    this.#driver = new Driver<NameServerInput, NameServerOutput>({
      engine: this.#engine,
      host: this.#host,
      perform: (output) => this.#gate.take(output),
      unread: () => this.#intake.unread(),
      turnEnded: () => {
        this.#gate.turnEnded();
        this.#intake.turnEnded();
      },
    });
  }

  async start(): Promise<RunningProgram> {
    const { config, logger, store, certificates } = this.#parts;
    const adminToken = new AdminTokenFile(config.adminTokenFile, logger);
    const metrics = nameServerMetrics({
      engine: this.#engine,
      tally: this.#tally,
      host: this.#host,
      version: program.version,
      wireMinor: config.wireMinor,
      certificates: [config.tlsCert, config.tlsCa].filter((it) => it !== undefined),
    });
    const admin = await startAdminServer({
      listen: config.admin,
      access: {
        token: () => adminToken.token,
        // Without permissions whoever has a certificate of a client may.
        mayOperate: () => true,
        domain: config.domain,
      },
      tls: certificates,
      readiness: () => readiness(this.#engine, this.#host.now(), this.#sessions.wants),
      routes: adminRoutes(this.#engine, this.#host, {
        logger,
        metrics,
        options: config,
        version: program.version,
      }),
      logger,
    });
    const tls = certificates === undefined ? [] : [certificates.transport];
    const transport = transportFor(config.listen, [tcp(), unix(), ...tls]);
    const onError = (error: Error): void => logger.error({ err: error }, 'cannot accept links');
    const complaints = new Complaints(logger);
    const onRefused = tellUntrusted((remote, text) =>
      complaints.failed({ remote: remote.replace(/:\d+$/u, '') }, `refused: ${text}`),
    );
    const onTaken = (error: Error | undefined): void => {
      const thing = { address: config.listen };
      if (error === undefined) {
        complaints.forget(thing);
        logger.warn(thing, 'the socket file was deleted or replaced, and is made anew');
      } else complaints.failed(thing, `no daemon can connect: ${error.message}`);
    };
    const listener = await transport
      .listen(config.listen, this.#sessions.acceptor(), { onError, onTaken, onRefused })
      .catch(async (error: unknown) => {
        await admin.close();
        throw error;
      });
    // The first step starts the engine's clock, and with it the recovery window.
    this.#driver.enqueue({ kind: 'deadlineReached' });
    return {
      ready: { domain: config.domain, listen: listener.address, admin: admin.address },
      reload: () => {
        certificates?.reload();
        adminToken.reload();
      },
      stop: async () => {
        await listener.close();
        this.#sessions.closeAll();
        this.#driver.stop();
        await this.#gate.settled();
        await store.close();
        await admin.close();
        certificates?.close();
        adminToken.close();
      },
    };
  }

  #perform(output: Exclude<NameServerOutput, { readonly kind: 'persist' }>): void {
    switch (output.kind) {
      case 'send':
        this.#sessions.send(output.to, output.message);
        break;
      case 'disconnect':
        this.#sessions.disconnect(output.daemon, output.text);
        break;
      case 'refuseToServe':
        this.#parts.fail(new ProgramFailure(output.text));
        break;
      case 'log':
        this.#parts.logger[output.level](output.fields, output.event);
        break;
    }
  }
}
