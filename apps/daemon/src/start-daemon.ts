import { type Logger, ProgramFailure, type RunningProgram } from '@group-services/runtime';
import type { Transport } from '@group-services/transport';
import type { DaemonConfig } from './config.js';
import { type OpenDaemon, openDaemon } from './open-daemon.js';
import { Security } from './security/security.js';

/**
 * Starts this node's daemon, with an incarnation of the time of day.
 *
 * Should the name server have seen a higher one, because the clock was set back since, the daemon begins
 * again with that plus one, on the same addresses: nothing was in use under the first.
 *
 * @param failed is called with a definite reason to stop (the name server refuses this daemon).
 */
export async function startDaemon(
  { config, logger, transports }: DaemonStart,
  failed: (error: ProgramFailure) => void,
): Promise<RunningProgram> {
  const security = new Security(config, logger);
  let begun = Promise.resolve();
  const outdated = (seen: number): void => {
    begun = begun.then(() => again(seen)).catch((error) => failed(asFailure(error)));
  };
  const open = (where: DaemonConfig, incarnation: number): Promise<OpenDaemon> =>
    openDaemon({
      config: where,
      logger,
      transports,
      incarnation,
      security,
      events: { failed, outdated },
    });
  const first = open(config, Date.now());
  let daemon = first;
  const again = async (seen: number): Promise<void> => {
    const { listen, client, admin } = (await first).ready;
    logger.warn({ incarnation: seen + 1 }, 'the clock is behind an earlier start: begins again');
    await (await daemon).close();
    daemon = open({ ...config, listen, client: [...client], admin }, seen + 1);
    await daemon;
  };
  return {
    ready: { ...(await first).ready },
    reload: () => security.reload(),
    stop: async () => {
      await begun;
      // Undefined: the former one is closed, and the next could not be opened.
      const standing = await daemon.catch(() => undefined);
      await standing?.stop();
      security.close();
    },
  };
}

export interface DaemonStart {
  readonly config: DaemonConfig;
  readonly logger: Logger;
  /** Those that the operator has brought. */
  readonly transports: readonly Transport[];
}

function asFailure(error: unknown): ProgramFailure {
  const text = error instanceof Error ? error.message : String(error);
  return new ProgramFailure(`cannot begin again: ${text}`, { cause: error });
}
