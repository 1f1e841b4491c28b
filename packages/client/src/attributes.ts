/** `1`: one-phase, no vote. `'voting'`: as many voting phases as the votes ask for. `{ exactly: n }`: n voting phases, n ≥ 1. */
export type Phases = 1 | 'voting' | { readonly exactly: number };

/** Attributes of a group, set by its first provider. */
export interface GroupAttributes {
  /** Software level of the providers; default none. */
  readonly version: string | number | undefined;
  /** Phases of joins; default 1. */
  readonly joinPhases: Phases;
  /** Phases of failure leaves; default 1. */
  readonly failurePhases: Phases;
  /** Which membership requests are collected into one protocol; default 'none'. */
  readonly batch: 'none' | 'joins' | 'departures' | 'both';
  /** Collection time; default 50. */
  readonly batchWindow: number;
  /** Vote cast for who fails or stays silent; default 'reject'. */
  readonly defaultVote: 'approve' | 'reject';
  /** Per voting phase, 0 = none; default 30000. */
  readonly timeLimit: number;
  /** Voting phases at most, 0 = unlimited; default 0. */
  readonly maxPhases: number;
  /** What happens to proposals while another runs; default 'queue'. */
  readonly contention: 'queue' | 'drop';
  /** Whether a joining provider votes on its own join; default true. */
  readonly joinersVote: boolean;
  /** Delivery of results that change state, membership or attributes; default 'safe'. */
  readonly delivery: 'safe' | 'agreed';
}
