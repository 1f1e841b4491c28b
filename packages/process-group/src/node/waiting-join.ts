import type { Instant } from '@group-services/core';
import type {
  Labels,
  LeaveReason,
  ListedProvider,
  PartialAttributes,
  Refusal,
} from '@group-services/wire';

/** A join of a local process that has no result yet. */
export interface WaitingJoin {
  readonly client: number;
  readonly handle: number;
  readonly request: number;
  readonly attributes: PartialAttributes;
  readonly labels: Labels | undefined;
  readonly timeoutMs: number;
  readonly expiresAt: Instant;
  /** Undefined: made up when the join is sent. */
  instance: string | undefined;
  /** The number towards the leader; 0 while it is not sent. */
  n: number;
  /** As what it will be listed: its protocol is being voted on. */
  listed: ListedProvider | undefined;
  /** The leader is asked to forget it, and its word decides which answer the process gets. */
  withdrawal: Withdrawal | undefined;
  /** Too late to be taken back: if it is approved, the new provider says goodbye at once. */
  isWithdrawn: boolean;
  /** The process has its answer already; if the join is approved after all, it fails for this reason. */
  abandoned: { readonly reason: LeaveReason; readonly detail?: string | undefined } | undefined;
}

/** A join that is at the leader is being taken back. */
export interface Withdrawal {
  /** `limit`: a join that has started after all was in time. */
  readonly by: 'signal' | 'limit';
  readonly refusal: Refusal;
  /** The leader's word is waited for until then. */
  readonly until: Instant;
}
