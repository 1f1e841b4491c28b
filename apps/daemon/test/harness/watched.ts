import type {
  GroupEvent,
  GroupServices,
  JoinOptions,
  Provider,
  SubscribeOptions,
  Subscription,
} from '@group-services/client';
import { eventually } from './eventually.js';

type EventOf<T extends GroupEvent['type']> = Extract<GroupEvent, { readonly type: T }>;

/** A provider or subscription with every event it was given. */
export class Watched<H extends Provider | Subscription> {
  readonly handle: H;
  readonly events: GroupEvent[] = [];
  /** Settled when the events have ended. */
  readonly over: Promise<void>;

  constructor(handle: H) {
    this.handle = handle;
    this.over = this.#collect();
  }

  get list(): readonly string[] {
    return this.handle.view.providers;
  }

  of<T extends GroupEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** `position sender text` of each message, in order. */
  get messages(): string[] {
    return this.of('message').map((m) => `${m.position} ${m.from} ${text(m.message)}`);
  }

  /** Texts of the messages alone, in order. */
  get texts(): string[] {
    return this.of('message').map(({ message }) => text(message));
  }

  /** The first event of a type, when it is here. */
  async next<T extends GroupEvent['type']>(
    type: T,
    fits: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    return await eventually(`${this.#name} is given ${type}`, () => this.of(type).find(fits));
  }

  /** Waits until the membership list is this one. */
  async listIs(providers: readonly string[]): Promise<void> {
    const wanted = providers.join(' ');
    await eventually(`${this.#name} lists ${wanted}`, () => this.list.join(' ') === wanted);
  }

  get #name(): string {
    return 'id' in this.handle ? this.handle.id : `subscription to ${this.handle.group}`;
  }

  async #collect(): Promise<void> {
    for await (const event of this.handle as AsyncIterable<GroupEvent>) this.events.push(event);
  }
}

/** Joins, and keeps every event. */
export async function join(
  services: GroupServices,
  group: string,
  options?: JoinOptions,
): Promise<Watched<Provider>> {
  return new Watched(await services.join(group, options));
}

/** Subscribes, and keeps every event. */
export async function subscribe(
  services: GroupServices,
  group: string,
  options?: SubscribeOptions,
): Promise<Watched<Subscription>> {
  return new Watched(await services.subscribe(group, options));
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}

/** Waits until all of them list the same providers. */
export async function listsAre(
  all: readonly Watched<Provider | Subscription>[],
  providers: readonly string[],
): Promise<void> {
  await Promise.all(all.map((watched) => watched.listIs(providers)));
}
