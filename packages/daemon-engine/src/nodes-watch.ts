import { type Instant, NEVER } from '@group-services/core';
import {
  type FromClient,
  type FromNameServer,
  NODES_GROUP,
  type ToClient,
} from '@group-services/wire';
import type { ClientRights, Speaker } from './client-rights.js';
import type { ClientNo } from './inputs.js';
import { NO_CONNECTION } from './name-server-questions.js';
import type { NodesChange, NodesList } from './nodes-list.js';
import type { Shared } from './shared.js';

/**
 * Subscriptions to the predefined group `$nodes` (B12): processes are told of the daemons of the domain as of the
 * providers of a group. There is no processor group and no leader behind it, the name server alone says who is
 * there, and nobody can join it or propose anything in it.
 */
export class NodesWatch {
  readonly #shared: Shared;
  readonly #ports: NodesWatchPorts;
  readonly #watching = new Map<ClientNo, Map<number, Watching>>();

  constructor(shared: Shared, ports: NodesWatchPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** Whether what a process says is about its subscriptions here; if so, it is done. */
  takes(client: ClientNo, message: FromClient, speaker: Speaker): boolean {
    if (message.kind === 'watch-nodes') {
      this.#open(client, message, speaker);
      return true;
    }
    if (message.kind === 'withdraw') return this.#withdraw(client, message.target);
    if (!('handle' in message) || this.#watching.get(client)?.has(message.handle) !== true) {
      return false;
    }
    if (message.kind === 'unsubscribe' || message.kind === 'goodbye') {
      this.#forget(client, message.handle);
      this.#ports.send(client, { kind: 'done', request: message.request });
    } else if ('request' in message) {
      const text = `${NODES_GROUP} is the list of the domain's daemons; nothing can be proposed in it`;
      const { request } = message;
      this.#ports.send(client, { kind: 'refused', request, code: 'INVALID_ARGUMENT', text });
    }
    return true;
  }

  gone(client: ClientNo): void {
    this.#watching.delete(client);
  }

  /** Who may not watch any more is told so. */
  permitted(client: ClientNo, speaker: Speaker): void {
    if (this.#isAllowed(speaker)) return;
    const denial = this.#denial(speaker);
    const { position } = this.#ports.list.snapshot;
    for (const [handle, { request }] of this.#watching.get(client) ?? []) {
      this.#forget(client, handle);
      if (request !== undefined) this.#refuse(client, request, denial);
      else {
        const detail = denial.text;
        const reason = 'not-authorized' as const;
        this.#ports.send(client, { kind: 'removed', handle, position, reason, detail });
      }
    }
  }

  told(message: Extract<FromNameServer, { readonly kind: 'nodes' }>): void {
    const change = this.#ports.list.told(message);
    if (change === undefined) return;
    for (const [client, handles] of this.#watching) {
      for (const [handle, watching] of handles) {
        if (change === 'first') this.#answer(client, handle, watching);
        else if (watching.request === undefined) this.#tell(client, handle, change);
      }
    }
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const handles of this.#watching.values()) {
      for (const { until } of handles.values()) earliest = Math.min(earliest, until);
    }
    return earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    for (const [client, handles] of this.#watching) {
      for (const [handle, { until, request }] of handles) {
        if (until > now || request === undefined) continue;
        this.#forget(client, handle);
        const { isTooOld } = this.#ports.list;
        const why = isTooOld ? TOO_OLD : this.#ports.isConnected() ? NOT_YET : NO_CONNECTION;
        this.#refuse(client, request, { code: 'UNAVAILABLE', text: why });
      }
    }
  }

  #open(client: ClientNo, { request, handle, timeout }: Watch, speaker: Speaker): void {
    const handles = this.#watching.get(client) ?? new Map<number, Watching>();
    if (!this.#isAllowed(speaker)) return this.#refuse(client, request, this.#denial(speaker));
    if (handles.has(handle) || handles.size >= WATCHES_MAX) {
      const text = `a process watches ${NODES_GROUP} at most ${WATCHES_MAX} times, each with a handle of its own`;
      const limit = 'membershipsPerProcess';
      const refusal = { code: 'INVALID_ARGUMENT' as const, text, argument: 'group', limit };
      return this.#refuse(client, request, refusal);
    }
    this.#watching.set(client, handles);
    const until = timeout === 0 ? NEVER : this.#shared.now + timeout;
    const watching: Watching = { request, until };
    handles.set(handle, watching);
    const { list } = this.#ports;
    list.want();
    if (list.isKnown) this.#answer(client, handle, watching);
    else if (list.isTooOld) {
      this.#forget(client, handle);
      this.#refuse(client, request, { code: 'UNAVAILABLE', text: TOO_OLD });
    }
  }

  #answer(client: ClientNo, handle: number, watching: Watching): void {
    const { request } = watching;
    if (request === undefined) return;
    watching.request = undefined;
    watching.until = NEVER;
    const { snapshot } = this.#ports.list;
    this.#ports.send(client, { kind: 'subscribed', request, handle, snapshot });
  }

  #tell(client: ClientNo, handle: number, { position, kind, membership }: NodesChange): void {
    const protocol = { id: `0.${position}`, kind };
    const what = { position, protocol, phases: 1, membership };
    this.#ports.send(client, { kind: 'approved', handle, ...what });
  }

  #withdraw(client: ClientNo, target: number): boolean {
    for (const [handle, { request }] of this.#watching.get(client) ?? []) {
      if (request !== target) continue;
      this.#forget(client, handle);
      this.#refuse(client, target, { code: 'ABORTED', text: 'taken back before it was answered' });
      return true;
    }
    return false;
  }

  #forget(client: ClientNo, handle: number): void {
    const handles = this.#watching.get(client);
    handles?.delete(handle);
    if (handles?.size === 0) this.#watching.delete(client);
  }

  #isAllowed(speaker: Speaker): boolean {
    return this.#ports.rights.of(speaker, NODES_GROUP).has('subscribe');
  }

  #denial({ principal }: Speaker): Refusal {
    return this.#ports.rights.denied(principal, 'subscribe', NODES_GROUP);
  }

  #refuse(client: ClientNo, request: number, refusal: Refusal): void {
    this.#ports.send(client, { kind: 'refused', request, ...refusal });
  }
}

/** What subscriptions to nodes need of the daemon around them. */
export interface NodesWatchPorts {
  readonly list: NodesList;
  readonly rights: ClientRights;
  readonly send: (client: ClientNo, message: ToClient) => void;
  readonly isConnected: () => boolean;
}

const WATCHES_MAX = 64;
const TOO_OLD = 'the name server is of an older release and cannot tell who comes and goes';
const NOT_YET =
  'the name server has started a moment ago and does not know yet who is there; try again';

type Watch = Extract<FromClient, { readonly kind: 'watch-nodes' }>;
type Refusal = ReturnType<ClientRights['denied']>;

interface Watching {
  /** What asked for it and has no answer yet. */
  request: number | undefined;
  /** When it is refused if there is none; NEVER once there is. */
  until: Instant;
}
