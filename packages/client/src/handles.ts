import type { GroupAttributes } from './attributes.js';
import type { GroupEvent, ProviderEvent, SubscriptionEvent } from './events.js';
import type { Bytes, GroupDefinition, GroupTypes } from './group-types.js';
import type {
  ChangeStateOptions,
  JoinOptions,
  ProposalOptions,
  ReasonedOptions,
  SendOptions,
  SubscribeOptions,
} from './options.js';
import type { GroupView, ProtocolResult, RemovedReason } from './protocol.js';

/** One connection of this process to its daemon; keeps the Node process alive until closed. */
export interface GroupServices extends AsyncDisposable {
  /** Admin endpoint of that daemon, when it has one: where operators' tools ask for more. */
  readonly admin?: string | undefined;
  /** Name of the node whose daemon serves this process. */
  readonly node: string;
  /** Resolves when the connection has ended: undefined after `close()`, otherwise the reason. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /** Becomes a provider; see JoinOptions. Joining a group twice gives two providers with different instances. */
  join(group: string, options?: JoinOptions): Promise<Provider>;
  join<G extends GroupTypes>(
    group: GroupDefinition<G>,
    options?: JoinOptions<G>,
  ): Promise<Provider<G>>;
  /** Watches an existing group without being seen. */
  subscribe(group: string, options?: SubscribeOptions): Promise<Subscription>;
  subscribe<G extends GroupTypes>(
    group: GroupDefinition<G>,
    options?: SubscribeOptions<G>,
  ): Promise<Subscription<G>>;
  /** All groups of the domain, sorted by name; rejects with UnavailableError when the name server cannot be asked. */
  groups(): Promise<GroupSummary[]>;
  /** Ends every membership (reason `quit`) and the connection; resolves when the daemon has confirmed; idempotent. */
  close(): Promise<void>;
}

export interface GroupSummary {
  readonly group: string;
  /** Node of the daemon that leads the processor group. */
  readonly leader: string;
  /** Number of daemons in the processor group. */
  readonly daemons: number;
  /** Number of providers; undefined when the local daemon is not in the processor group. */
  readonly providers?: number | undefined;
}

/** What providers and subscriptions have in common. */
export interface Handle<G extends GroupTypes, E extends GroupEvent<G>> extends AsyncIterable<E> {
  readonly group: string;
  /** The newest view received (never older than the event being handled). */
  readonly view: GroupView;
  /** The newest approved state value received; undefined until one was approved. */
  readonly stateValue: G['state'] | undefined;
  /** Calls the handler synchronously for each event from now on; returns the remover. */
  on<T extends E['type']>(
    type: T,
    handler: (event: Extract<E, { readonly type: T }>) => void,
  ): () => void;
  /** A new, independent sequence; ending it (break, return) does not end the membership. */
  [Symbol.asyncIterator](): AsyncIterableIterator<E>;
}

/** A full member of a group. */
export interface Provider<G extends GroupTypes = Bytes> extends Handle<G, ProviderEvent<G>> {
  /** `<node>/<instance>`. */
  readonly id: string;
  readonly attributes: GroupAttributes;
  /** Whether this provider is first in `view.providers`. */
  readonly isOldest: boolean;
  /** Proposes a new group state value. */
  changeState(value: G['stateInput'], options?: ChangeStateOptions<G>): Promise<ProtocolResult<G>>;
  /** Proposes a provider message; waits while the group is at its bound. */
  send(message: G['messageInput'], options?: SendOptions): Promise<ProtocolResult<G>>;
  /** Proposes nothing: everybody meets; `phases` defaults to 'voting', 1 is refused. */
  barrier(options?: ProposalOptions): Promise<ProtocolResult<G>>;
  /** Proposes other attributes; names left out stay. */
  changeAttributes(
    attributes: Partial<GroupAttributes>,
    options?: ProposalOptions,
  ): Promise<ProtocolResult<G>>;
  /** Proposes the removal of others; UnknownProviderError if one is not listed, InvalidArgumentError for itself or doubles. */
  expel(providerIds: readonly string[], options?: ReasonedOptions): Promise<ProtocolResult<G>>;
  /** Proposes its own removal and votes on it too; a rejected leave stays a provider. */
  leave(options?: ReasonedOptions): Promise<ProtocolResult<G>>;
  /** Leaves at once, without a vote; resolves when the local daemon has confirmed; idempotent. */
  goodbye(): Promise<void>;
}

/** An invisible observer. */
export interface Subscription<G extends GroupTypes = Bytes>
  extends Handle<G, SubscriptionEvent<G>>,
    AsyncDisposable {
  /** Stops at once; running iterators end; idempotent. */
  close(): Promise<void>;
}

/** One membership of keepJoined; the next one is a new provider. */
export interface Membership<G extends GroupTypes = Bytes> {
  readonly provider: Provider<G>;
  /** Why the membership before ended, and for how long there was none; undefined for the first. */
  readonly gap?: { readonly reason: RemovedReason; readonly milliseconds: number } | undefined;
}
