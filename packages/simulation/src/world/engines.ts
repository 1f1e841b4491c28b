import type { Engine, Instant, NodeName } from '@group-services/core';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonOptions,
  type DaemonOutput,
  type DaemonStatus,
} from '@group-services/daemon-engine';
import {
  NameServerEngine,
  type NameServerInput,
  type NameServerInspection,
  type NameServerOptions,
  type NameServerOutput,
} from '@group-services/name-server';

import type { Codecs } from './codecs.js';

/** A daemon's engine, and what operators see of it where there is something to see. */
export interface DaemonUnderTest extends Engine<DaemonInput, DaemonOutput> {
  inspect?(): Pick<DaemonStatus, 'groups' | 'peers' | 'clients'>;
}

/** The name server's engine, and its table. */
export interface NameServerUnderTest extends Engine<NameServerInput, NameServerOutput> {
  inspect(
    now: Instant,
  ): Pick<NameServerInspection, 'groups' | 'nodes' | 'pendingClaims' | 'waitingLookups'>;
  /** The highest incarnation seen of a node; 0 when none was. */
  incarnationOf(node: NodeName): number;
}

/**
 * What a simulated domain is made of; tests put deliberately broken ones in their place. `minor`: of the wire
 * format, as that program speaks it.
 */
export interface Engines {
  daemon(options: DaemonOptions, minor?: number): DaemonUnderTest;
  nameServer(options: NameServerOptions, minor?: number): NameServerUnderTest;
  /** Of a program that speaks this minor; today's when left out. */
  codecs?(minor: number): Codecs;
}

/** The engines that run in production. */
export const PRODUCTION: Engines = {
  daemon: (options) => new DaemonEngine(options),
  nameServer: (options) => new NameServerEngine(options),
};
