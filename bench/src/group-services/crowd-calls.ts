/** Many connections to one daemon. */
export interface CrowdLink {
  /** The daemon's client socket as the SDK takes it. */
  readonly endpoint: string;
  readonly connections: number;
}

export interface CrowdJoin {
  readonly group: string;
  readonly batch: 'none' | 'joins';
  readonly joinPhases: 1 | 'voting';
  /** Whether all of this crowd join at once; otherwise each when the one before has joined. */
  readonly atOnce: boolean;
  /** Providers of the whole group in the end. */
  readonly expected: number;
}

/** Times in CLOCK_MONOTONIC nanoseconds. */
export interface CrowdResult {
  /** Just before the first call of join. */
  readonly firstCallNs: number;
  /** When the last of this crowd had joined. */
  readonly lastJoinedNs: number;
  /** When the last of this crowd saw the whole group. */
  readonly allSeenNs: number;
  /** Lists that the group has gone through. */
  readonly lists: number;
  /** Bytes this process has read meanwhile; undefined where the system does not say. */
  readonly bytesRead: number | undefined;
}

export interface CrowdCalls {
  readonly crowd: { readonly request: CrowdLink; readonly response: undefined };
  readonly crowdJoin: { readonly request: CrowdJoin; readonly response: CrowdResult };
}
