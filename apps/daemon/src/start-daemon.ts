import { type Logger, ProgramFailure, type RunningProgram } from '@group-services/runtime';
import type { DaemonConfig } from './config.js';
import { Daemon, type ReadyDaemon } from './daemon.js';
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
  config: DaemonConfig,
  logger: Logger,
  failed: (error: ProgramFailure) => void,
): Promise<RunningProgram> {
  const security = new Security(config, logger);
  let daemon: Daemon;
  let begun = Promise.resolve();
  const start = async (where: DaemonConfig, incarnation: number): Promise<ReadyDaemon> => {
    daemon = new Daemon(where, logger, { incarnation, security, failed, outdated });
    try {
      return await daemon.start();
    } catch (error) {
      await daemon.close();
      throw error;
    }
  };
  const outdated = (seen: number): void => {
    begun = begun.then(() => again(seen)).catch((error) => failed(asFailure(error)));
  };
  const first = start(config, Date.now());
  const again = async (seen: number): Promise<void> => {
    const { listen, client, admin } = await first;
    logger.warn({ incarnation: seen + 1 }, 'the clock is behind an earlier start: begins again');
    await daemon.close();
    await start({ ...config, listen, client: [...client], admin }, seen + 1);
  };
  return {
    ready: { ...(await first) },
    reload: () => security.reload(),
    stop: async () => {
      await begun;
      await daemon.stop();
      security.close();
    },
  };
}

function asFailure(error: unknown): ProgramFailure {
  const text = error instanceof Error ? error.message : String(error);
  return new ProgramFailure(`cannot begin again: ${text}`, { cause: error });
}
