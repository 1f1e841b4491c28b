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
  WaitOptions,
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
  /**
   * Becomes a provider; see JoinOptions. Joining a group twice gives two providers with different instances.
   *
   * @example
   * ```ts
   * import { AttributeMismatchError, connect } from '@group-services/client';
   *
   * const services = await connect();
   * try {
   *   const attributes = { version: '2.1', defaultVote: 'approve' } as const;
   *   const provider = await services.join('orders', { attributes, timeout: 5_000 });
   *   console.log(provider.id, provider.isOldest ? 'leads' : 'follows');
   * } catch (error) {
   *   if (!(error instanceof AttributeMismatchError)) throw error;
   *   for (const { attribute, group } of error.differences) console.log(attribute, 'is', group);
   * }
   * await services.close();
   * ```
   */
  join<G extends GroupTypes = Bytes>(
    group: string | GroupDefinition<G>,
    options?: JoinOptions<G>,
  ): Promise<Provider<G>>;
  /**
   * Watches an existing group without being seen; `$nodes` are the daemons of the domain.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * // Waits for the group to exist; without `persistent` that would be UnknownGroupError.
   * const prices = await services.subscribe('prices', { persistent: true });
   * const provider = await services.join('prices');
   * await provider.changeState(new TextEncoder().encode('42'));
   *
   * for await (const event of prices) {
   *   if (event.type !== 'state') continue;
   *   console.log('the price is', new TextDecoder().decode(event.stateValue));
   *   break;
   * }
   * await services.close();
   * ```
   */
  subscribe<G extends GroupTypes = Bytes>(
    group: string | GroupDefinition<G>,
    options?: SubscribeOptions<G>,
  ): Promise<Subscription<G>>;
  /**
   * All groups of the domain, sorted by name; rejects with UnavailableError when the name server cannot be asked.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * await services.join('stock');
   * for (const { group, leader, daemons, providers } of await services.groups()) {
   *   // Only a daemon that is in the group knows its providers.
   *   const count = providers ?? 'unknown';
   *   console.log(`${group}: led by ${leader}, daemons ${daemons}, providers ${count}`);
   * }
   * await services.close();
   * ```
   */
  groups(): Promise<GroupSummary[]>;
  /**
   * The nodes of the domain whose daemons the name server knows, the one that was started first in front;
   * rejects with UnavailableError when the name server cannot be asked.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * for (const { node, address, alive } of await services.nodes()) {
   *   console.log(`${node} at ${address}: ${alive ? 'there' : 'away'}`);
   * }
   * await services.close();
   * ```
   */
  nodes(): Promise<NodeSummary[]>;
  /** Ends every membership (reason `quit`) and the connection; resolves when the daemon has confirmed; idempotent. */
  close(): Promise<void>;
}

export interface NodeSummary {
  readonly node: string;
  /** Where other daemons reach its daemon. */
  readonly address: string;
  /** Grows with every start of its daemon; milliseconds since 1970, by the wall clock of its machine. */
  readonly incarnation: number;
  /** Whether its daemon renews its lease at the name server. */
  readonly alive: boolean;
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

/** How a handle is doing. */
export interface HandleStatus {
  /** Whether it stands: the provider is in the group, the subscription is told of it. */
  readonly joined: boolean;
  /** Of the last event. */
  readonly position: number;
  /** Events that wait for the slowest of its iterators. */
  readonly lag: number;
  /** Proposals that have no result yet; always 0 for a subscription. */
  readonly pending: number;
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
  /**
   * Resolves at the event that makes the test true, after its handlers; at once if it is true already. The
   * test sees the handle's fields, and its `status()`. Rejects with RemovedError when the handle ends first
   * (UnknownGroupError where the group was dissolved), TimeoutError, AbortedError, or what the test threw.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const worker = await services.join('quorum');
   * void services.join('quorum');
   *
   * await worker.when(({ view }) => view.providers.length >= 2, { timeout: 10_000 });
   * console.log('enough of us:', worker.view.providers.length, worker.status());
   * await services.close();
   * ```
   */
  when(test: (handle: this) => boolean, options?: WaitOptions): Promise<void>;
  /** How the handle is doing now. */
  status(): HandleStatus;
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
  /**
   * Proposes a new group state value.
   *
   * @example
   * ```ts
   * import { connect, StateChangedError } from '@group-services/client';
   *
   * const services = await connect();
   * const counter = await services.join('counter');
   * const encode = (count: number) => new TextEncoder().encode(String(count));
   *
   * for (;;) {
   *   const before = counter.stateValue;
   *   const count = Number(new TextDecoder().decode(before)) + 1;
   *   try {
   *     // Runs only if nobody was faster; null: there is no value yet.
   *     await counter.changeState(encode(count), { ifState: before ?? null });
   *     break;
   *   } catch (error) {
   *     if (!(error instanceof StateChangedError)) throw error;
   *   }
   * }
   * await services.close();
   * ```
   */
  changeState(value: G['stateInput'], options?: ChangeStateOptions<G>): Promise<ProtocolResult<G>>;
  /**
   * Proposes a provider message; waits while the group is at its bound.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const chat = await services.join('chat');
   * chat.on('message', ({ from, message }) => console.log(from, new TextDecoder().decode(message)));
   *
   * // Its own message comes to the sender, too, before the promise settles.
   * const { position } = await chat.send(new TextEncoder().encode('hello'), { delivery: 'safe' });
   * console.log('everybody has it at position', position);
   * await services.close();
   * ```
   */
  send(message: G['messageInput'], options?: SendOptions): Promise<ProtocolResult<G>>;
  /**
   * Proposes nothing: everybody meets; `phases` defaults to 'voting', 1 is refused.
   *
   * @example
   * ```ts
   * import { connect, keepVoting } from '@group-services/client';
   *
   * const services = await connect();
   * const job = await services.join('job', {
   *   // Everybody does its part in phase 1; nobody is in phase 2 before all have done so.
   *   vote: async (ballot) => {
   *     if (ballot.phase === 1) return keepVoting();
   *     return 'approve';
   *   },
   * });
   * const { outcome, phases } = await job.barrier({ timeLimit: 10_000 });
   * console.log(outcome, 'after', phases, 'phases');
   * await services.close();
   * ```
   */
  barrier(options?: ProposalOptions): Promise<ProtocolResult<G>>;
  /**
   * Proposes other attributes; names left out stay.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const provider = await services.join('rules');
   * provider.on('attributes', ({ changed }) => console.log('changed:', changed.join(', ')));
   *
   * await provider.changeAttributes({ joinPhases: 'voting', maxPhases: 3 });
   * console.log('joins are voted on:', provider.attributes.joinPhases);
   * await services.close();
   * ```
   */
  changeAttributes(
    attributes: Partial<GroupAttributes>,
    options?: ProposalOptions,
  ): Promise<ProtocolResult<G>>;
  /**
   * Proposes the removal of others; UnknownProviderError if one is not listed, InvalidArgumentError for itself or doubles.
   *
   * @example
   * ```ts
   * import { connect, UnknownProviderError } from '@group-services/client';
   *
   * const services = await connect();
   * const keeper = await services.join('pool', { instance: 'keeper' });
   * const idle = await services.join('pool', { instance: 'idle' });
   *
   * try {
   *   const result = await keeper.expel([idle.id], { phases: 'voting', reason: 'does nothing' });
   *   console.log('expel', result.outcome);
   * } catch (error) {
   *   if (!(error instanceof UnknownProviderError)) throw error;
   *   console.log('gone already:', error.providers);
   * }
   * await services.close();
   * ```
   */
  expel(providerIds: readonly string[], options?: ReasonedOptions): Promise<ProtocolResult<G>>;
  /**
   * Proposes its own removal and votes on it too; a rejected leave stays a provider.
   *
   * @example
   * ```ts
   * import { connect } from '@group-services/client';
   *
   * const services = await connect();
   * const worker = await services.join('shift');
   *
   * const result = await worker.leave({ phases: 'voting', reason: 'end of the shift' });
   * // Voted down, it stays; goodbye() is not voted on.
   * if (result.outcome === 'rejected') await worker.goodbye();
   * await services.close();
   * ```
   */
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

/** One subscription of keepSubscribed. */
export interface Watch<G extends GroupTypes = Bytes> {
  readonly subscription: Subscription<G>;
  /** Why the subscription before ended, and for how long there was none; undefined for the first. */
  readonly gap?: { readonly reason: RemovedReason; readonly milliseconds: number } | undefined;
}
