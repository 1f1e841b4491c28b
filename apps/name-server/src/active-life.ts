import { Driver, type LogOutput } from '@group-services/core';
import {
  leastSilence,
  NameServerEngine,
  type NameServerInput,
  type NameServerOutput,
} from '@group-services/name-server';
import { Intake, type Logger, NodeHost, ProgramFailure } from '@group-services/runtime';
import { LIMITS, wireOffer } from '@group-services/wire';
import { anewAfterOf, type NameServerConfig } from './config.js';
import { DaemonSessions } from './daemon-sessions.js';
import type { NameServerNews } from './news.js';
import { OutputGate } from './output-gate.js';
import type { Store } from './store/contract.js';
import { reasonOf } from './store/file-store.js';
import type { NameServerTally } from './tally.js';

export interface ActiveLifeOptions {
  readonly config: NameServerConfig;
  readonly logger: Logger;
  readonly fail: (reason: ProgramFailure) => void;
  readonly store: Store;
  readonly tally: NameServerTally;
  /** For pages. */
  readonly noted: (news: NameServerNews) => void;
  /** There are no others on this store. */
  readonly isSole: boolean;
  /** Whether what is said counts at this very moment; asked before each word. */
  readonly mayAnswer: () => boolean;
}

/**
 * A name server that answers: the engine, its store, and the daemons that it serves. A program on a store of
 * its own has one of them; one of several on etcd has another one each time that it becomes active.
 */
export class ActiveLife {
  readonly #options: ActiveLifeOptions;
  readonly host = new NodeHost();
  readonly engine: NameServerEngine;
  readonly sessions: DaemonSessions;
  readonly #driver: Driver<NameServerInput, NameServerOutput>;
  readonly #gate: OutputGate;
  /** What waits for the disk counts: daemons are read no faster than their changes are stored. */
  readonly #intake = new Intake(() => ({
    backlog: this.#driver.backlog + this.#gate.size,
    delayMs: this.#driver.delayMs,
  }));

  constructor(options: ActiveLifeOptions) {
    const { config, store, isSole } = options;
    this.#options = options;
    const restored = store.restore();
    // A clock that was set back must not repeat an epoch.
    const epoch = Math.max(Date.now(), (restored?.epoch ?? 0) + 1);
    this.engine = new NameServerEngine({
      epoch,
      domain: config.domain,
      leaseMs: config.lease,
      store: store.name,
      // Of several on etcd each start is one of many: only the very first is that of a new domain.
      fresh: config.fresh && (isSole || restored?.standing === 'new'),
      // Ephemeral daemons that have not come back by its end stand still.
      recoveryWindowMs: config.recoveryWindow ?? leastSilence(config.lease),
      isolation: config.isolation,
      anewAfterMs: config.isolation === 'suspend' ? anewAfterOf(config) : undefined,
      leaderRecovery: config.leaderRecovery,
      restored,
    });
    this.sessions = this.#makeSessions(epoch);
    this.#gate = this.#makeGate(restored !== undefined);
    this.#driver = new Driver<NameServerInput, NameServerOutput>({
      engine: this.engine,
      host: this.host,
      perform: (output) => this.#gate.take(output),
      unread: () => this.#intake.unread(),
      turnEnded: () => {
        this.#gate.turnEnded();
        this.#intake.turnEnded();
      },
    });
  }

  /** The first step starts the engine's clock, and with it the recovery window. */
  start(): void {
    this.#driver.enqueue({ kind: 'deadlineReached' });
  }

  /** Another one is active: what was not said is not said any more. */
  abandon(why: string): void {
    this.#gate.abandon();
    this.#driver.stop();
    this.sessions.closeAll(`${why}; another one is active, or will be`);
  }

  /** In order: what was written is said. */
  async stop(): Promise<void> {
    this.sessions.closeAll();
    this.#driver.stop();
    await this.#gate.settled();
  }

  #makeSessions(epoch: number): DaemonSessions {
    const { config, store, logger } = this.#options;
    return new DaemonSessions({
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
      incarnationOf: (node) => this.engine.incarnationOf(node),
      supersededText: (node) => this.engine.supersededText(node),
      enqueue: (input) => this.#driver.enqueue(input),
      intake: this.#intake,
      logger,
      isProtected: config.listen.startsWith('tls:'),
      tlsOptional: config.tlsOptional,
    });
  }

  #makeGate(keeps: boolean): OutputGate {
    const { config, store, tally, fail } = this.#options;
    return new OutputGate({
      append: async (records) => {
        const begun = performance.now();
        await store.append(records);
        if (keeps) tally.syncMs.add(performance.now() - begun, '');
      },
      perform: (output) => this.#perform(output),
      written: () => this.#intake.turnEnded(),
      failed: (error) => {
        const why = `cannot write to the store ${config.store}: ${reasonOf(error)}`;
        fail(new ProgramFailure(`${why}; what was not stored is not answered`, { cause: error }));
      },
    });
  }

  #log({ level, event, fields }: LogOutput): void {
    this.#options.logger[level](fields, event);
    this.#options.noted({ kind: 'logged', level, event, fields });
  }

  #perform(output: Exclude<NameServerOutput, { readonly kind: 'persist' }>): void {
    switch (output.kind) {
      case 'send':
        if (this.#options.mayAnswer()) this.sessions.send(output.to, output.message);
        break;
      case 'disconnect':
        this.sessions.disconnect(output.daemon, output.text);
        break;
      case 'admitted':
        this.sessions.admit(output.daemon);
        break;
      case 'turnedDown':
        this.sessions.turnDown(output.daemon, output.code, output.text);
        break;
      case 'refuseToServe':
        this.#options.fail(new ProgramFailure(output.text));
        break;
      case 'log':
        this.#log(output);
        break;
    }
  }
}
