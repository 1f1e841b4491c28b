import { execFile } from 'node:child_process';
import type { Environment } from './config/environment.js';

/** Who has started this program and wants to hear of it: systemd, with `Type=notify`. */
export interface ServiceManager {
  /** How often a sign of life is awaited, at least; undefined: it is not. */
  readonly signOfLifeMs: number | undefined;
  /** `READY=1` and the like. Nobody waits for it, and a failure changes nothing. */
  tell(state: string): void;
}

/**
 * The service manager of this environment; undefined when there is none. It is told by `systemd-notify`,
 * since Node has no datagrams over Unix sockets: so the unit needs `NotifyAccess=all`.
 */
export function serviceManager(env: Environment): ServiceManager | undefined {
  if (env['NOTIFY_SOCKET'] === undefined || env['NOTIFY_SOCKET'] === '') return undefined;
  const watchdogMs = Number(env['WATCHDOG_USEC']) / 1_000;
  const isForUs = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === process.pid;
  return {
    signOfLifeMs: isForUs && watchdogMs >= 1 ? watchdogMs / 2 : undefined,
    tell: (state) => {
      execFile('systemd-notify', [state], { timeout: 5_000 }, () => {
        // Without the command the manager waits in vain, and says so itself.
      });
    },
  };
}
