import { fileURLToPath } from 'node:url';
import {
  AdminTokenFile,
  Complaints,
  type Logger,
  type ProgramFailure,
  type RunningProgram,
  startAdminServer,
  TlsFiles,
  tellUntrusted,
} from '@group-services/runtime';
import { type Listener, type Transport, transportFor } from '@group-services/transport';
import { tcp } from '@group-services/transport/tcp';
import { unix } from '@group-services/transport/unix';
import { ActiveLife } from './active-life.js';
import { adminActions, adminRoutes, readiness } from './admin.js';
import { type NameServerConfig, program } from './config.js';
import type { Holder } from './etcd/leadership.js';
import { FrontDoor } from './front-door.js';
import type { Lead } from './lead.js';
import { nameServerMetrics } from './metrics.js';
import { type NameServerNews, nameServerJournal } from './news.js';
import { openLead } from './open-lead.js';
import { NameServerTally } from './tally.js';

/**
 * Starts a name server: opens its store, listens, and answers while it is the active one.
 *
 * @throws ProgramFailure, TransportError for what its operator can do something about
 */
export async function startNameServer(start: NameServerStart): Promise<RunningProgram> {
  const { config, logger } = start;
  const certificates = TlsFiles.open(config, logger);
  const addresses: { own?: Holder } = {};
  const lead = await openLead(config, logger, () => addresses.own);
  try {
    const server = new NameServer({ ...start, lead, certificates });
    return await server.start((own) => {
      addresses.own = own;
    });
  } catch (error) {
    certificates?.close();
    await lead.close();
    throw error;
  }
}

/** Built from apps/console, and copied beside this program. */
const consoleFolder = fileURLToPath(new URL('./console/', import.meta.url));

export interface NameServerStart {
  readonly config: NameServerConfig;
  readonly logger: Logger;
  /** Those that the operator has brought. */
  readonly transports: readonly Transport[];
  readonly fail: (reason: ProgramFailure) => void;
}

interface NameServerParts extends NameServerStart {
  readonly lead: Lead;
  readonly certificates: TlsFiles | undefined;
}

class NameServer {
  readonly #parts: NameServerParts;
  readonly #tally = new NameServerTally();
  readonly #journal = nameServerJournal();
  readonly #door: FrontDoor;
  /** While this one is active. */
  #life: ActiveLife | undefined;

  constructor(parts: NameServerParts) {
    this.#parts = parts;
    const { lead, logger } = parts;
    this.#door = new FrontDoor({
      logger,
      inside: () => (lead.mayAnswer ? this.#life?.sessions : undefined),
      activeElsewhere: () =>
        lead.state?.role === 'standby' ? lead.state.active?.address : undefined,
      refused: (code) => this.#tally.refused.add(1, code),
    });
  }

  async start(told: (own: Holder) => void): Promise<RunningProgram> {
    const { config, logger, lead, certificates, fail } = this.#parts;
    const adminToken = new AdminTokenFile(config.adminTokenFile, logger);
    const facts = {
      life: () => this.#life,
      lead,
      tally: this.#tally,
      version: program.version,
      wireMinor: config.wireMinor,
      wants: () => this.#door.wants,
      options: config,
      logger,
    };
    const metrics = nameServerMetrics({
      ...facts,
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
      readiness: () => readiness(facts),
      routes: adminRoutes({ ...facts, metrics, journal: this.#journal }),
      actions: adminActions(facts),
      page: consoleFolder,
      logger,
    });
    const listener = await this.#listen().catch(async (error: unknown) => {
      await admin.close();
      throw error;
    });
    told({ address: config.advertise ?? listener.address, admin: admin.address });
    lead.start({
      activated: (store) => {
        const mayAnswer = (): boolean => lead.mayAnswer;
        const tally = this.#tally;
        const isSole = lead.etcd === undefined;
        const noted = (news: NameServerNews): void => this.#journal.add(news, performance.now());
        const common = { config, logger, fail, tally, noted };
        this.#life = new ActiveLife({ ...common, store, isSole, mayAnswer });
        this.#life.start();
        if (lead.state !== undefined) logger.info('this name server is active');
      },
      deposed: (why) => {
        logger.warn(`this name server is not active any more: ${why}`);
        this.#life?.abandon(`this name server is not active any more: ${why}`);
        this.#life = undefined;
      },
      failed: fail,
    });
    return {
      ready: { domain: config.domain, listen: listener.address, admin: admin.address },
      reload: () => {
        certificates?.reload();
        adminToken.reload();
      },
      stop: async () => {
        this.#door.close();
        await listener.close();
        await this.#life?.stop();
        await lead.close();
        await admin.close();
        certificates?.close();
        adminToken.close();
      },
    };
  }

  async #listen(): Promise<Listener> {
    const { config, logger, certificates } = this.#parts;
    const tls = certificates === undefined ? [] : [certificates.transport];
    const { transports } = this.#parts;
    const transport = transportFor(config.listen, [tcp(), unix(), ...tls, ...transports]);
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
    return await transport.listen(config.listen, this.#door.acceptor(), {
      onError,
      onTaken,
      onRefused,
    });
  }
}
