import type { RelayMode } from './relay-mode.js';

export interface DaemonOrder {
  readonly mode: RelayMode;
  /** Where clients connect. */
  readonly socketPath: string;
  /** The leader's TCP port; undefined makes this daemon the leader. */
  readonly leaderPort: number | undefined;
}

export interface DaemonCalls {
  /** Answers when clients and, at the leader, daemons can connect, with the port for daemons. */
  readonly start: {
    readonly request: DaemonOrder;
    readonly response: { readonly port: number | undefined };
  };
}
