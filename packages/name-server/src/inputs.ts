import type { DaemonId, DeadlineReached, LogOutput } from '@group-services/core';
import { type FromNameServer, PIECE_BYTES, type ToNameServer } from '@group-services/wire';
import type { LeaderRecovery } from './notices.js';
import type { DaemonFacts } from './roster.js';
import type { Isolation } from './silence.js';
import type { Table, TableRecord } from './table.js';

/** What a `NameServerEngine` is told. */
export type NameServerInput =
  | DeadlineReached
  /**
   * A daemon wants to be taken: it is welcomed once it is `admitted`, and refused when it is `turnedDown`.
   * Shells whose nodes cannot have two daemons need not ask.
   */
  | {
      readonly kind: 'knocked';
      readonly daemon: DaemonId;
      readonly address: string;
      readonly pid?: number | undefined;
      /** Its operator wants it to take the place of a daemon that lives. */
      readonly replace?: boolean | undefined;
    }
  /** A daemon's handshake is done; `address` is where it accepts links of other daemons. */
  | ({
      readonly kind: 'connected';
      readonly daemon: DaemonId;
      readonly address: string;
      /** Its name will not return, and it stands still while it does not reach us for a lease. */
      readonly ephemeral?: boolean | undefined;
      /** Which release it is of, for people. */
      readonly release?: string | undefined;
    } & DaemonFacts)
  | { readonly kind: 'received'; readonly from: DaemonId; readonly message: ToNameServer }
  /** The connection ended. The daemon need not be dead: only its lease counts. */
  | { readonly kind: 'disconnected'; readonly daemon: DaemonId };

/** Why the name server closes a connection. */
export type DisconnectCode = 'superseded' | 'malformed' | 'overloaded';

/** Why a daemon is not welcomed. */
export type TurnDownCode = 'superseded' | 'overloaded';

/** What a `NameServerEngine` wants done, in order. */
export type NameServerOutput =
  | { readonly kind: 'send'; readonly to: DaemonId; readonly message: FromNameServer }
  | { readonly kind: 'admitted'; readonly daemon: DaemonId }
  | {
      readonly kind: 'turnedDown';
      readonly daemon: DaemonId;
      readonly code: TurnDownCode;
      readonly text: string;
    }
  /** To be durable before any later output is performed; only with a restored table. */
  | { readonly kind: 'persist'; readonly record: TableRecord }
  | {
      readonly kind: 'disconnect';
      readonly daemon: DaemonId;
      readonly code: DisconnectCode;
      readonly text: string;
    }
  /** Nothing can be served before an operator has done what the text says: the program ends. */
  | { readonly kind: 'refuseToServe'; readonly text: string }
  | LogOutput;

/** What a `NameServerEngine` is made with; times in milliseconds. */
export interface NameServerOptions {
  /**
   * Wall-clock time of this start, and later than every start on the table before it. Generations are
   * counted from it, so that they grow over restarts even without a disk; daemons refuse the answers of
   * an earlier epoch.
   */
  readonly epoch: number;
  /** Names the store of the table: given to it at its first start, and to nothing else ever. */
  readonly store: string;
  readonly domain: string;
  /** How long a daemon counts as alive after its last renewal. */
  readonly leaseMs: number;
  /**
   * Nobody minds if groups of an earlier start are lost: the recovery window, which otherwise belongs
   * to every start whose table may be missing something, is skipped.
   */
  readonly fresh?: boolean | undefined;
  /**
   * Length of the recovery window; one lease unless told otherwise, and with the policy `suspend` at
   * least {@link leastSilence}: who has not come back by its end has suspended its groups.
   */
  readonly recoveryWindowMs?: number | undefined;
  /** What daemons without contact do; `continue` unless told otherwise. */
  readonly isolation?: Isolation | undefined;
  /** Policy `suspend`: after so long silent groups are started anew; at least {@link leastSilence}. */
  readonly anewAfterMs?: number | undefined;
  /** How a new leader becomes known (M8). */
  readonly leaderRecovery?: LeaderRecovery | undefined;
  /** How long a leader has at most to answer a probe; a third of the lease unless told otherwise. */
  readonly probeTimeoutMs?: number | undefined;
  /** After so long a node that is away and in no group is listed no more; a day unless told otherwise. */
  readonly unlistAfterMs?: number | undefined;
  /** The table of a store, empty at its first start. With it every change is given out as `persist`. */
  readonly restored?: Table | undefined;
  readonly limits?: Partial<NameServerLimits> | undefined;
}

/** Bounds of everything that grows with what daemons send. */
export interface NameServerLimits {
  readonly groups: number;
  readonly nodes: number;
  /** Look-ups that wait for the end of the recovery window. */
  readonly waitingLookups: number;
  /** Claims that wait for a leader's answer. */
  readonly pendingClaims: number;
  /** Estimated bytes of registrations and renewals that have come in part. */
  readonly gatheredBytes: number;
  /** An answer that grows with the number of groups is given in pieces of about so many bytes. */
  readonly pieceBytes: number;
}

export const DEFAULT_LIMITS: NameServerLimits = {
  groups: 100_000,
  nodes: 10_000,
  waitingLookups: 100_000,
  pendingClaims: 10_000,
  gatheredBytes: 256 * 1024 * 1024,
  pieceBytes: PIECE_BYTES,
};
