import { type Instant, NEVER } from '@group-services/core';
import type { ClientProtocolInfo, Refusal, RemovedReason, ToClient } from '@group-services/wire';
import type { ClientInput } from '../inputs.js';
import type { Shared } from '../shared.js';
import { aborted, NOT_AUTHORIZED, subscribeTimedOut, unknownGroup } from './refusals.js';

/** All subscriptions of this node: nobody but this daemon knows of them. */
export class Subscriptions {
  readonly #shared: Shared;
  readonly #all = new Set<Subscription>();
  /** The live ones again, for every change of the group. */
  #live: readonly Subscription[] = [];
  #following = 0;
  #isAsking = false;
  #isWaiting = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  get count(): number {
    return this.#all.size;
  }

  /** Those that follow the group, or have to know whether there is one. */
  get followingCount(): number {
    return this.#following;
  }

  get live(): readonly Subscription[] {
    return this.#live;
  }

  /** Whether one of them has to know soon whether the group exists. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  subscribe(input: Extract<ClientInput, { readonly kind: 'subscribe' }>): void {
    const { kind: _, ...rest } = input;
    const expiresAt = rest.timeoutMs === 0 ? NEVER : this.#shared.now + rest.timeoutMs;
    this.#all.add({ ...rest, expiresAt, phase: 'asking', stoodAt: 0 });
    this.#refresh();
  }

  unsubscribe(client: number, handle: number): void {
    for (const subscription of this.#all) {
      if (subscription.client === client && subscription.handle === handle)
        this.#withdraw(subscription);
    }
  }

  /** The right to watch has been taken. */
  denied(client: number, handle: number, refusal: Refusal): void {
    for (const subscription of this.#all) {
      if (subscription.client !== client || subscription.handle !== handle) continue;
      this.#drop(subscription);
      const { position, outbox } = this.#shared;
      if (subscription.phase === 'asking') this.#refuse(subscription, refusal);
      else outbox.toClient(client, { kind: 'removed', handle, position, reason: NOT_AUTHORIZED });
    }
  }

  /** Takes back a subscribe that has no answer yet; false when there is none. */
  withdraw(client: number, target: number): boolean {
    for (const subscription of this.#all) {
      if (
        subscription.client !== client ||
        subscription.request !== target ||
        subscription.phase !== 'asking'
      )
        continue;
      this.#withdraw(subscription);
      return true;
    }
    return false;
  }

  #withdraw(subscription: Subscription): void {
    this.#drop(subscription);
    if (subscription.phase === 'asking') this.#refuse(subscription, aborted('the subscribe'));
  }

  clientGone(client: number): void {
    for (const subscription of this.#all)
      if (subscription.client === client) this.#drop(subscription);
  }

  /** The group is provided: those that have not seen this life begin with a snapshot. */
  provided(protocol?: ClientProtocolInfo): void {
    if (this.#live.length === this.#all.size) return;
    for (const subscription of this.#all) {
      if (subscription.phase === 'live') continue;
      const snapshot = this.#shared.snapshot(subscription, protocol);
      const { handle, request } = subscription;
      if (subscription.phase === 'asking')
        this.#tell(subscription, { kind: 'subscribed', request, handle, snapshot });
      else this.#tell(subscription, { kind: 'snapshot', handle, snapshot });
      this.#become(subscription, 'live');
    }
  }

  /** Nobody provides the group: the persistent ones wait for it, the others are refused. */
  unprovided(): void {
    for (const subscription of this.#all) {
      const { handle, request } = subscription;
      if (subscription.phase === 'lost') this.#dissolve(subscription);
      if (subscription.phase !== 'asking') continue;
      if (subscription.persistent) {
        this.#tell(subscription, { kind: 'subscribed', request, handle, snapshot: null });
        this.#become(subscription, 'waiting');
      } else {
        this.#drop(subscription);
        this.#refuse(subscription, unknownGroup(this.#shared.options.group));
      }
    }
  }

  /** The life of the group is over. */
  dissolved(): void {
    for (const subscription of this.#all)
      if (subscription.phase === 'live') this.#dissolve(subscription);
  }

  #dissolve(subscription: Subscription): void {
    const position = this.#positionOf(subscription);
    this.#tell(subscription, { kind: 'dissolved', handle: subscription.handle, position });
    if (subscription.persistent) this.#become(subscription, 'waiting');
    else this.#drop(subscription);
  }

  /** This daemon fell out of the processor group; the group may go on without it. */
  fellOut(): void {
    for (const subscription of this.#all) {
      if (subscription.phase !== 'live') continue;
      if (subscription.persistent) this.#become(subscription, 'lost');
      else this.#end(subscription, 'node-failure');
    }
  }

  /** The daemon stops. */
  endAll(refusal: Refusal): void {
    for (const subscription of this.#all) {
      if (subscription.phase === 'asking') {
        this.#drop(subscription);
        this.#refuse(subscription, refusal);
      } else this.#end(subscription, 'daemon-stopped');
    }
  }

  #end(subscription: Subscription, reason: RemovedReason): void {
    const position = this.#positionOf(subscription);
    this.#drop(subscription);
    this.#tell(subscription, { kind: 'removed', handle: subscription.handle, position, reason });
  }

  /** A handle hears positions of the life that it follows, and at its end of the one it followed. */
  #positionOf({ phase, stoodAt }: Subscription): number {
    return phase === 'live' ? this.#shared.position : stoodAt;
  }

  deadline(): Instant {
    let earliest = NEVER;
    if (!this.#isAsking) return earliest;
    for (const { phase, expiresAt } of this.#all) {
      if (phase === 'asking') earliest = Math.min(earliest, expiresAt);
    }
    return earliest;
  }

  expire(): void {
    for (const subscription of this.#all) {
      if (subscription.phase !== 'asking' || subscription.expiresAt > this.#shared.now) continue;
      this.#drop(subscription);
      this.#refuse(subscription, subscribeTimedOut(subscription.timeoutMs, this.#shared.hindrance));
    }
  }

  #become(subscription: Subscription, phase: Phase): void {
    subscription.stoodAt = this.#positionOf(subscription);
    subscription.phase = phase;
    this.#refresh();
  }

  #drop(subscription: Subscription): void {
    this.#all.delete(subscription);
    this.#refresh();
  }

  #refresh(): void {
    const all = [...this.#all];
    this.#live = all.filter(({ phase }) => phase === 'live');
    this.#following = all.filter(({ phase }) => phase !== 'waiting').length;
    this.#isAsking = all.some(({ phase }) => phase === 'asking' || phase === 'lost');
    this.#isWaiting = all.some(({ phase }) => phase === 'waiting');
  }

  #refuse({ client, request }: Subscription, refusal: Refusal): void {
    this.#shared.outbox.toClient(client, { kind: 'refused', request, ...refusal });
  }

  #tell({ client }: Subscription, message: ToClient): void {
    this.#shared.outbox.toClient(client, message);
  }
}

/**
 * `asking`: no answer yet. `live`: follows the present life of the group. `waiting`: persistent, and
 * nobody provides the group. `lost`: persistent, and this daemon fell out of the processor group; what
 * became of the group shows in its next membership.
 */
type Phase = 'asking' | 'live' | 'waiting' | 'lost';

/** An invisible observer of this node (M30). */
export interface Subscription {
  readonly client: number;
  readonly handle: number;
  readonly request: number;
  readonly membership: boolean;
  readonly state: boolean;
  readonly persistent: boolean;
  readonly timeoutMs: number;
  readonly expiresAt: Instant;
  phase: Phase;
  /** Where it stood when it last followed a life of the group: later positions are of other lives. */
  stoodAt: number;
}
