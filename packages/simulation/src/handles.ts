import type { DaemonId, Instant } from '@group-services/core';
import {
  type Attributes,
  type ClientSnapshot,
  type ClientView,
  FollowedView,
  type FromClient,
  messagesIn,
  sendsIn,
  type ToClient,
} from '@group-services/wire';

/** All client connections of one run. */
export class Handles {
  readonly #listener: HandleListener;
  readonly #connections = new Map<string, Connection>();

  constructor(listener: HandleListener) {
    this.#listener = listener;
  }

  /** Handles that live: with a connection, asked for and not ended. */
  get open(): readonly HandleRecord[] {
    return [...this.#connections.values()].flatMap(({ handles }) =>
      [...handles.values()].filter((record) => record.ended === undefined),
    );
  }

  /** Requests whose answers are still to come, over all connections that live. */
  get unanswered(): readonly Unanswered[] {
    return [...this.#connections].flatMap(([client, { daemon, handles, asked }]) =>
      [...asked].map(([request, message]) => {
        const group = 'handle' in message ? handles.get(message.handle)?.group : undefined;
        return { client, daemon, group, what: `${message.kind} (${request})` };
      }),
    );
  }

  connected(client: string, daemon: DaemonId): void {
    this.#connections.set(client, {
      daemon,
      handles: new Map(),
      lists: new Map(),
      asked: new Map(),
    });
  }

  /** The connection is gone for either side. */
  disconnected(client: string, at: Instant): void {
    const connection = this.#connections.get(client);
    if (connection === undefined) return;
    this.#connections.delete(client);
    for (const record of connection.handles.values()) this.#close(record, at, 'disconnected');
    this.#listener.request({ at, client, kind: 'ended' });
  }

  said(client: string, message: FromClient, at: Instant): void {
    if (message.kind === 'bundle') {
      for (const each of sendsIn(message)) this.said(client, each, at);
      return;
    }
    const connection = this.#connections.get(client);
    if (connection === undefined) return;
    if (message.kind === 'join' || message.kind === 'subscribe') {
      const record = newRecord(client, connection.daemon, message);
      connection.handles.set(message.handle, record);
    }
    if (message.kind === 'vote') {
      const record = connection.handles.get(message.handle);
      if (record === undefined || record.ended !== undefined) return;
      this.#listener.handle({ at, record, kind: 'voted', message });
    }
    if (!('request' in message)) return;
    connection.asked.set(message.request, message);
    const { request } = message;
    const { daemon } = connection;
    this.#listener.request({ at, client, daemon, kind: 'asked', request, message });
  }

  heard(client: string, message: ToClient, at: Instant): void {
    if (message.kind === 'bundle') {
      for (const each of messagesIn(message)) this.heard(client, each, at);
      return;
    }
    const connection = this.#connections.get(client);
    if (connection === undefined) return;
    this.#toHandle(client, connection, message, at);
    const request = 'request' in message ? message.request : undefined;
    if (request === undefined || request === 0) return;
    this.#listener.request({ at, client, kind: 'answered', request, message });
    this.#answered(connection, request, message, at);
  }

  #toHandle(client: string, connection: Connection, message: ToClient, at: Instant): void {
    if (!('handle' in message)) return;
    const record = connection.handles.get(message.handle);
    if (record === undefined || record.ended !== undefined) {
      this.#listener.misfit(
        client,
        `${message.kind} for handle ${message.handle}, which is not open`,
      );
      return;
    }
    switch (message.kind) {
      case 'joined':
        record.provider = message.provider;
        this.#snapshot(connection, record, message, at);
        return;
      case 'subscribed':
      case 'snapshot':
        this.#snapshot(connection, record, message, at);
        return;
      case 'approved': {
        const view = this.#newView(connection, record, message);
        this.#listener.handle({ at, record, kind: 'approved', message, view });
        return;
      }
      case 'message':
        this.#listener.handle({ at, record, kind: 'message', message });
        return;
      case 'rejected': {
        const view = this.#newView(connection, record, message);
        this.#listener.handle({ at, record, kind: 'rejected', message, view });
        return;
      }
      case 'announcement':
        this.#listener.handle({ at, record, kind: 'announcement', message });
        return;
      case 'ballot':
        this.#listener.handle({ at, record, kind: 'ballot', message });
        return;
      case 'rider':
        this.#listener.handle({ at, record, kind: 'rider', message });
        return;
      case 'removed':
        this.#listener.handle({ at, record, kind: 'removed', message });
        record.ended = message.reason;
        return;
      case 'dissolved':
        this.#listener.handle({ at, record, kind: 'dissolved', position: message.position });
        if (!record.persistent) record.ended = 'dissolved';
        return;
      default:
    }
  }

  /** As its client library does: by putting the change to the list that the handle has. */
  #newView(
    { lists }: Connection,
    { handle }: HandleRecord,
    { membership }: Approved | Rejected,
  ): NewView {
    const list = lists.get(handle);
    return membership !== undefined && list?.apply(membership) === true ? list.view : undefined;
  }

  #snapshot(
    { lists }: Connection,
    record: HandleRecord,
    {
      snapshot,
      attributes,
    }: { readonly snapshot: ClientSnapshot | null; readonly attributes?: Attributes },
    at: Instant,
  ): void {
    if (snapshot === null) return;
    lists.set(record.handle, new FollowedView(snapshot.view));
    if (snapshot.view.fence !== '') record.generation = generationOfFence(snapshot.view.fence);
    this.#listener.handle({ at, record, kind: 'snapshot', snapshot, attributes });
  }

  #answered(connection: Connection, request: number, message: ToClient, at: Instant): void {
    const asked = connection.asked.get(request);
    connection.asked.delete(request);
    if (asked === undefined || !('handle' in asked)) return;
    const record = connection.handles.get(asked.handle);
    if (record === undefined) return;
    const isRefused = message.kind === 'refused' || message.kind === 'rejected';
    if (isRefused && (asked.kind === 'join' || asked.kind === 'subscribe')) {
      this.#close(record, at, 'refused');
    }
    if (message.kind === 'done' && (asked.kind === 'goodbye' || asked.kind === 'unsubscribe')) {
      this.#close(record, at, asked.kind);
    }
  }

  #close(record: HandleRecord, at: Instant, why: string): void {
    if (record.ended !== undefined) return;
    this.#listener.handle({ at, record, kind: 'closed', why });
    record.ended = why;
  }
}

/**
 * Turns the frames of every client connection into the life of its handles and requests, which is
 * what the checkers of the external layer look at. Each message of a bundle is one of its own.
 */

/** One membership or subscription of one client, from its request to its end. */
export interface HandleRecord {
  readonly key: string;
  readonly client: string;
  readonly handle: number;
  readonly daemon: DaemonId;
  readonly group: string;
  readonly role: 'provider' | 'subscriber';
  /** What a subscriber asked for; a provider sees everything. */
  readonly membership: boolean;
  readonly state: boolean;
  readonly persistent: boolean;
  provider: string | undefined;
  /** Of the newest snapshot; undefined before the first. */
  generation: number | undefined;
  ended: string | undefined;
}

type Approved = Extract<ToClient, { kind: 'approved' }>;
type Removed = Extract<ToClient, { kind: 'removed' }>;
type Delivered = Extract<ToClient, { kind: 'message' }>;
type Rejected = Extract<ToClient, { kind: 'rejected' }>;
type Announcement = Extract<ToClient, { kind: 'announcement' }>;
type Ballot = Extract<ToClient, { kind: 'ballot' }>;
type Rider = Extract<ToClient, { kind: 'rider' }>;
type Vote = Extract<FromClient, { kind: 'vote' }>;

/** The whole list after an event, if that changed it in a way that can follow what the handle had. */
type NewView = ClientView | undefined;

/** What one handle sees, in order. */
export type HandleEvent = { readonly at: Instant; readonly record: HandleRecord } & (
  | {
      readonly kind: 'snapshot';
      readonly snapshot: ClientSnapshot;
      /** In force at a new provider's join; subscribers are not told. */
      readonly attributes: Attributes | undefined;
    }
  | { readonly kind: 'approved'; readonly message: Approved; readonly view: NewView }
  | { readonly kind: 'message'; readonly message: Delivered }
  /** Voted down; of its own join it is all that a handle sees. */
  | { readonly kind: 'rejected'; readonly message: Rejected; readonly view: NewView }
  | { readonly kind: 'announcement'; readonly message: Announcement }
  | { readonly kind: 'ballot'; readonly message: Ballot }
  | { readonly kind: 'rider'; readonly message: Rider }
  /** What it says itself: a vote, asked for or not. */
  | { readonly kind: 'voted'; readonly message: Vote }
  | { readonly kind: 'removed'; readonly message: Removed }
  | { readonly kind: 'dissolved'; readonly position: number }
  /** Its connection is gone, or the client gave it up. */
  | { readonly kind: 'closed'; readonly why: string }
);

/** What becomes of the requests of one connection. */
export type RequestEvent = { readonly at: Instant; readonly client: string } & (
  | {
      readonly kind: 'asked';
      readonly request: number;
      readonly message: FromClient;
      readonly daemon?: DaemonId;
    }
  | { readonly kind: 'answered'; readonly request: number; readonly message: ToClient }
  | { readonly kind: 'ended' }
);

export interface HandleListener {
  handle(event: HandleEvent): void;
  request(event: RequestEvent): void;
  /** A client saw what its connection must never carry. */
  misfit(client: string, text: string): void;
}

interface Connection {
  readonly daemon: DaemonId;
  readonly handles: Map<number, HandleRecord>;
  /** Lists as their changes are told, by handle. */
  readonly lists: Map<number, FollowedView>;
  readonly asked: Map<number, FromClient>;
}

/** A request whose answer is still to come, and the group of its handle. */
interface Unanswered {
  readonly client: string;
  readonly daemon: DaemonId;
  readonly group: string | undefined;
  readonly what: string;
}

function newRecord(
  client: string,
  daemon: DaemonId,
  message: Extract<FromClient, { kind: 'join' | 'subscribe' }>,
): HandleRecord {
  const provider = message.kind === 'join';
  return {
    key: `${client}#${message.handle}`,
    client,
    handle: message.handle,
    daemon,
    group: message.group,
    role: provider ? 'provider' : 'subscriber',
    membership: provider || message.membership,
    state: provider || message.state,
    persistent: !provider && message.persistent,
    provider: undefined,
    generation: undefined,
    ended: undefined,
  };
}

/** A fence is `generation-viewPosition`, each in 16 digits. */
export function generationOfFence(fence: string): number {
  return Number(fence.slice(0, fence.indexOf('-')));
}

export function viewPositionOfFence(fence: string): number {
  return Number(fence.slice(fence.indexOf('-') + 1));
}
