import type { Engine } from '@group-services/core';
import {
  DaemonEngine,
  type DaemonInput,
  type DaemonOptions,
  type DaemonOutput,
} from '@group-services/daemon-engine';
import {
  NameServerEngine,
  type NameServerInput,
  type NameServerOptions,
  type NameServerOutput,
} from '@group-services/name-server';

/** What a simulated domain is made of; tests put deliberately broken ones in their place. */
export interface Engines {
  daemon(options: DaemonOptions): Engine<DaemonInput, DaemonOutput>;
  nameServer(options: NameServerOptions): Engine<NameServerInput, NameServerOutput>;
}

/** The engines that run in production. */
export const PRODUCTION: Engines = {
  daemon: (options) => new DaemonEngine(options),
  nameServer: (options) => new NameServerEngine(options),
};
