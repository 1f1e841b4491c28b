import * as today from '@group-services/wire';
import * as oldest from '@group-services/wire/fixtures/wire-1.0';
import { loadProgram, type Program } from '../mutations/load-program.js';
import { TODAY } from '../world/codecs.js';
import { type Engines, PRODUCTION } from '../world/engines.js';

/**
 * Engines of programs that speak different minors of the wire format (B10). Frames are written and read at
 * the ends of links; what is inside of them, proposals, STARTs and snapshots, by the engines themselves. So
 * a daemon of minor 0 runs today's engines from their sources, over the codecs of that time.
 */

const PROGRAM: Program = {
  files: ['packages/daemon-engine/src/index.ts', 'packages/name-server/src/index.ts'],
  libraries: { '@group-services/wire': { ...today, ...oldest } },
};

interface Older {
  readonly DaemonEngine: new (
    ...options: Parameters<Engines['daemon']>
  ) => ReturnType<Engines['daemon']>;
  readonly NameServerEngine: new (
    ...options: Parameters<Engines['nameServer']>
  ) => ReturnType<Engines['nameServer']>;
}

let loading: Promise<Engines> | undefined;

/** Reads the sources once. */
export function enginesOfReleases(): Promise<Engines> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Engines> {
  const older = await loadProgram<Older>(PROGRAM);
  return {
    // A program of minor 0 has the codecs of its time, not today's held back.
    codecs: (minor) => (minor === 0 ? oldest : TODAY),
    daemon: (options, minor) =>
      minor === 0 ? new older.DaemonEngine(options, minor) : PRODUCTION.daemon(options, minor),
    nameServer: (options, minor) =>
      minor === 0
        ? new older.NameServerEngine(options, minor)
        : PRODUCTION.nameServer(options, minor),
  };
}
