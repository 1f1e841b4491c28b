import type { GroupAttributes } from './attributes.js';
import type { Bytes, GroupTypes } from './group-types.js';
import type {
  Cause,
  Departure,
  GroupView,
  ProtocolInfo,
  ProtocolKind,
  RemovedReason,
} from './protocol.js';

interface EventBase {
  readonly group: string;
  /** Place in the group's order, a safe integer: equal at every member, larger for every later protocol or announcement. */
  readonly position: number;
  /** The protocol that caused it, if one did. */
  readonly protocol?: ProtocolInfo | undefined;
}

/** First event of every handle; for a provider it stands for its own join. */
export interface SnapshotEvent<G extends GroupTypes = Bytes> extends EventBase {
  readonly type: 'snapshot';
  readonly view: GroupView;
  readonly stateValue: G['state'] | undefined;
}

export interface AttributesEvent extends EventBase {
  readonly type: 'attributes';
  readonly attributes: GroupAttributes;
  readonly changed: readonly (keyof GroupAttributes)[];
}

export interface MembershipEvent extends EventBase {
  readonly type: 'membership';
  readonly view: GroupView;
  readonly joined: readonly string[];
  readonly left: readonly Departure[];
}

export interface StateEvent<G extends GroupTypes = Bytes> extends EventBase {
  readonly type: 'state';
  readonly stateValue: G['state'];
  readonly previous: G['state'] | undefined;
}

export interface MessageEvent<G extends GroupTypes = Bytes> extends EventBase {
  readonly type: 'message';
  readonly from: string;
  readonly message: G['message'];
}

export interface BarrierEvent extends EventBase {
  readonly type: 'barrier';
  readonly phases: number;
}

export interface RejectedEvent<G extends GroupTypes = Bytes> extends EventBase {
  readonly type: 'rejected';
  readonly kind: ProtocolKind;
  readonly phases: number;
  readonly causes: readonly Cause[];
  /** Ids that were not added. */
  readonly joining: readonly string[];
  /** Who stays. */
  readonly leaving: readonly Departure[];
  readonly proposedStateValue?: G['state'] | undefined;
  readonly message?: G['message'] | undefined;
  readonly attributes?: GroupAttributes | undefined;
}

/**
 * Something that the others should know and that changes nothing. The set of codes may grow.
 *
 * @example
 * ```ts
 * import { connect } from '@group-services/client';
 *
 * const services = await connect();
 * const provider = await services.join('panel', {
 *   attributes: { timeLimit: 200, defaultVote: 'approve' },
 *   // A voter that never answers: the others are told, and the default vote counts.
 *   vote: () => new Promise(() => {}),
 * });
 * provider.on('announcement', ({ code, providers }) => console.log(code, ...providers));
 *
 * const { outcome, causes } = await provider.barrier();
 * console.log(outcome, ...causes.map(({ code }) => code));
 * await services.close();
 * ```
 */
export interface AnnouncementEvent extends EventBase {
  readonly type: 'announcement';
  readonly code: 'time-limit' | 'unresponsive' | 'responsive-again' | 'self-reported-error';
  readonly providers: readonly string[];
}

/** Last event of a provider, and of a subscription that the service ended; `position` is the last one seen when the service could not say. */
export interface RemovedEvent extends EventBase {
  readonly type: 'removed';
  readonly reason: RemovedReason;
  readonly detail?: string | undefined;
}

/**
 * Last event of a subscription; a persistent one goes on with a new `snapshot`.
 *
 * @example
 * ```ts
 * import { connect } from '@group-services/client';
 *
 * const services = await connect();
 * const provider = await services.join('meeting');
 * const watching = await services.subscribe('meeting');
 * await provider.leave();
 *
 * for await (const event of watching) {
 *   // The last event, unless the subscription is persistent and waits for another life.
 *   if (event.type === 'dissolved') console.log('over; left are', watching.view.providers.length);
 * }
 * await services.close();
 * ```
 */
export interface DissolvedEvent extends EventBase {
  readonly type: 'dissolved';
}

export type ProviderEvent<G extends GroupTypes = Bytes> =
  | SnapshotEvent<G>
  | AttributesEvent
  | MembershipEvent
  | StateEvent<G>
  | MessageEvent<G>
  | BarrierEvent
  | RejectedEvent<G>
  | AnnouncementEvent
  | RemovedEvent;

export type SubscriptionEvent<G extends GroupTypes = Bytes> =
  | SnapshotEvent<G>
  | MembershipEvent
  | StateEvent<G>
  | RemovedEvent
  | DissolvedEvent;

export type GroupEvent<G extends GroupTypes = Bytes> = ProviderEvent<G> | SubscriptionEvent<G>;

/** An event of any group, for code that does not look into state values and messages. */
export type AnyEvent = GroupEvent<GroupTypes>;
