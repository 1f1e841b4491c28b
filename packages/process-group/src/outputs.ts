import type { LogOutput, MembershipId } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import type { Traced } from './traced.js';

/** Steps of voted protocols and of the rules between protocols, each a point where a crash may hit. */
export type Branch =
  | 'voting-started'
  | 'ballot-shown'
  | 'votes-sent'
  | 'votes-received'
  | 'rider-placed'
  | 'voting-continue'
  | 'voting-approved'
  | 'voting-rejected'
  | 'result-delivered'
  | 'defaulted-by-limit'
  | 'votes-asked-again'
  | 'batch-started'
  | 'failure-parked'
  | 'join-held'
  | 'cast-out';

/** What a {@link ProcessGroupEngine} wants done, in order. */
export type ProcessGroupOutput =
  | { readonly kind: 'toClient'; readonly client: number; readonly message: ToClient }
  /** Be a member of the processor group; `create` is false for subscribers alone. */
  | { readonly kind: 'attach'; readonly create: boolean }
  /** Nobody here needs the group any more. */
  | { readonly kind: 'detach' }
  /** To the leader, whoever it is and becomes, until `requestDone`; `n` from 1 per membership. */
  | { readonly kind: 'request'; readonly n: number; readonly body: Uint8Array }
  | { readonly kind: 'requestDone'; readonly n: number }
  /** Leader: the answer to a request that starts no protocol. */
  | {
      readonly kind: 'reply';
      readonly origin: MembershipId;
      readonly n: number;
      readonly body: Uint8Array;
    }
  /** Leader: placed in the stream at once; comes back as `ordered`. */
  | { readonly kind: 'multicast'; readonly body: Uint8Array; readonly safe: boolean }
  | { readonly kind: 'snapshot'; readonly position: number; readonly bytes: Uint8Array }
  /** Something that belongs to a trace is over. */
  | { readonly kind: 'traced'; readonly traced: Traced }
  /** A step of a protocol is reached, ahead of what it puts out: for whoever breaks it there. */
  | { readonly kind: 'branch'; readonly name: Branch }
  | LogOutput;
