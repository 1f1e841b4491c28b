/** One process that comes and goes. */
export interface ChurnOrder {
  /** The daemon's client socket as the SDK takes it. */
  readonly endpoint: string;
  readonly group: string;
  readonly rounds: number;
}

/** CLOCK_MONOTONIC in nanoseconds, just before each call, by rounds. */
export interface ChurnResult {
  readonly joinNs: readonly number[];
  readonly leaveNs: readonly number[];
}

/** In CLOCK_MONOTONIC nanoseconds. */
export interface ListsOrder {
  readonly sinceNs: number;
  readonly count: number;
}

export interface ChurnCalls {
  readonly churn: { readonly request: ChurnOrder; readonly response: ChurnResult };
  /** When each of the lists after a moment was seen; waits for so many of them. */
  readonly lists: { readonly request: ListsOrder; readonly response: readonly number[] };
}
