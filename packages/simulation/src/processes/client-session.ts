import type { GroupName, Rng } from '@group-services/core';
import {
  encodeFromClient,
  FollowedView,
  type FromClient,
  joinFrame,
  type ToClient,
} from '@group-services/wire';
import { writePayload } from '../payload.js';
import { brief } from '../timeline.js';
import type { ClientConnection } from '../world/local-clients.js';
import type { Shared } from '../world/shared.js';

/** One connection of a process: what it says there, and what it knows from what it hears. */
export class ClientSession {
  readonly label: string;
  readonly connection: ClientConnection;
  isOpen = true;
  readonly handles = new Map<number, OwnHandle>();
  /** Its requests that are being voted on, or wait for it. */
  readonly voted = new Set<number>();
  readonly #shared: Shared;
  readonly #rng: Rng;
  /** Requests after whose answer a handle may be over: refused openings, and ends. */
  readonly #deciding = new Map<number, OwnHandle>();
  #nextRequest = 1;
  #nextHandle = 1;
  #lastRequest = 0;

  constructor(
    shared: Shared,
    options: { readonly label: string; readonly connection: ClientConnection; readonly rng: Rng },
  ) {
    this.#shared = shared;
    this.#rng = options.rng;
    this.label = options.label;
    this.connection = options.connection;
  }

  /** The last that was said; 0 before the first. */
  get lastRequest(): number {
    return this.#lastRequest;
  }

  /** The group that this request would open a handle of, or end one in. */
  groupOf(request: number): GroupName | undefined {
    return this.#deciding.get(request)?.group;
  }

  newRequest(): number {
    this.#nextRequest += 1;
    return this.#nextRequest - 1;
  }

  newHandle(group: GroupName, role: OwnHandle['role']): OwnHandle {
    const own: OwnHandle = {
      handle: this.#nextHandle,
      group,
      role,
      phase: 'opening',
      provider: undefined,
      list: undefined,
      stateValue: null,
      given: 0,
      riders: 0,
      ballot: undefined,
    };
    this.#nextHandle += 1;
    this.handles.set(own.handle, own);
    return own;
  }

  say(message: FromClient): void {
    const { time, timeline, handles, counters } = this.#shared;
    counters.count(`client: ${message.kind}`);
    timeline.add(time.now, this.label, 'says', () => brief(message));
    handles.said(this.label, message, time.now);
    if ('request' in message) {
      this.#lastRequest = message.request;
      const leaves = message.kind === 'propose' && message.proposed.kind === 'leave';
      const decides =
        leaves || ['join', 'subscribe', 'unsubscribe', 'goodbye'].includes(message.kind);
      const own = 'handle' in message ? this.handles.get(message.handle) : undefined;
      if (decides && own !== undefined) this.#deciding.set(message.request, own);
    }
    this.connection.send(joinFrame(encodeFromClient(message)));
  }

  /** Something to send that names itself. */
  payload(own: OwnHandle, safe: boolean): Uint8Array {
    own.given += 1;
    return this.#write({ sender: `${this.label}#${own.handle}`, number: own.given, safe });
  }

  /** The same for a vote: riders have an order of their own. */
  rider(own: OwnHandle): Uint8Array {
    own.riders += 1;
    const sender = `${this.label}#${own.handle}/rider`;
    return this.#write({ sender, number: own.riders, safe: false });
  }

  #write(payload: Parameters<typeof writePayload>[0]): Uint8Array {
    const size = this.#rng.between(0, this.#shared.profile.workload.payloadMax);
    return writePayload(payload, size);
  }

  /** Learns from a frame; gives the handle that it is about, if that lives. */
  hear(message: ToClient): OwnHandle | undefined {
    const request = 'request' in message ? message.request : undefined;
    if (request !== undefined) this.#decided(request, message.kind);
    if (!('handle' in message)) return undefined;
    if ('trace' in message && message.trace !== undefined) this.#traced(message.trace);
    const own = this.handles.get(message.handle);
    if (own !== undefined) this.#learn(own, message);
    return own;
  }

  /** What a proposal of this request names, where the daemon knows of traces. */
  trace(request: number): { trace?: string } {
    const { counters, profile } = this.#shared;
    if (profile.releases === undefined || !this.connection.features.has('trace')) return {};
    counters.count('proposals that name a trace');
    return { trace: `${this.label}/${request}` };
  }

  #traced(trace: string): void {
    if (!this.connection.features.has('trace')) {
      throw new Error(`${this.label} is told of the trace ${trace}, and its daemon is of minor 0`);
    }
    this.#shared.counters.count('protocols told with their trace');
  }

  #learn(own: OwnHandle, message: ToClient): void {
    switch (message.kind) {
      case 'joined':
        own.phase = 'open';
        own.provider = message.provider;
        own.list = new FollowedView(message.snapshot.view);
        own.stateValue = message.snapshot.stateValue;
        own.ballot = undefined;
        return;
      case 'subscribed':
        own.phase = 'open';
        return;
      case 'ballot':
        own.ballot = { protocol: message.protocol.id, phase: message.phase };
        return;
      case 'approved':
        if (message.membership !== undefined) own.list?.apply(message.membership);
        if (message.state !== undefined) own.stateValue = message.state.value;
        own.ballot = undefined;
        return;
      case 'rejected':
        if (message.membership !== undefined) own.list?.apply(message.membership);
        own.ballot = undefined;
        return;
      case 'removed':
        this.handles.delete(own.handle);
        return;
      default:
    }
  }

  /** What could not be opened, and what is ended, makes room for another handle. */
  #decided(request: number, answer: ToClient['kind']): void {
    this.voted.delete(request);
    const own = this.#deciding.get(request);
    if (own === undefined) return;
    this.#deciding.delete(request);
    const isRefused = answer === 'refused' || answer === 'rejected';
    const isOver = own.phase === 'opening' ? isRefused : answer === 'done';
    if (isOver) this.handles.delete(own.handle);
    else if (isRefused) own.phase = 'open';
  }
}

/** What a process knows of one of its memberships or subscriptions. */
export interface OwnHandle {
  readonly handle: number;
  readonly group: GroupName;
  readonly role: 'provider' | 'subscriber';
  phase: 'opening' | 'open' | 'ending';
  provider: string | undefined;
  /** Undefined before it has joined. */
  list: FollowedView | undefined;
  stateValue: Uint8Array | null;
  /** Messages and state values given so far. */
  given: number;
  /** Those that votes carried. */
  riders: number;
  /** The ballot that it has not voted on. */
  ballot: { readonly protocol: string; readonly phase: number } | undefined;
}
