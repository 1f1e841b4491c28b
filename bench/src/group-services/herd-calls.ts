/** Many memberships of one process, at one daemon. */
export interface HerdJoin {
  /** The daemon's client socket as the SDK takes it. */
  readonly endpoint: string;
  /** Groups `from` to `to`, the last one left out. */
  readonly from: number;
  readonly to: number;
}

/** Times in CLOCK_MONOTONIC nanoseconds. */
export interface HerdJoined {
  /** Just before the first call of join. */
  readonly firstCallNs: number;
  /** When the last of these calls had settled. */
  readonly settledNs: number;
  readonly failed: number;
}

export interface HerdCalls {
  readonly herdJoin: { readonly request: HerdJoin; readonly response: HerdJoined };
  /** Waits until every membership that lives sees so many providers; when the last one did. */
  readonly herdSees: { readonly request: number; readonly response: number };
  /** How many memberships have ended unasked. */
  readonly herdLost: { readonly request: undefined; readonly response: number };
}
