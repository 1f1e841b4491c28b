import type { Entry } from '@group-services/wire';

/** The name server's state as plain JSON, for status pages and operators. */
export interface NameServerInspection {
  readonly domain: string;
  readonly epoch: number;
  /** Names the store of the table. */
  readonly store: string;
  readonly leaseMs: number;
  readonly isolation: string;
  readonly leaderRecovery: string;
  /** The recovery window is open for so many more milliseconds; null when it is closed. */
  readonly recoveringForMs: number | null;
  readonly generation: number;
  readonly groups: readonly Entry[];
  readonly nodes: readonly {
    readonly node: string;
    readonly incarnation: number;
    readonly address: string;
    readonly connected: boolean;
    /** Its lease is fresh. */
    readonly alive: boolean;
    /** It has stopped in order, and not merely gone silent; as far as is known since this start. */
    readonly stopped: boolean;
    /** Milliseconds left of its lease; 0 when it is over or the daemon has not come back yet. */
    readonly leaseForMs: number;
    readonly groups: number;
  }[];
  /** Changes of the table since this name server started. */
  readonly changes: number;
  readonly pendingClaims: number;
  readonly waitingLookups: number;
}
