import {
  type AnnouncementCode,
  BundleWriter,
  type ClientView,
  type DefaultVote,
  FollowedView,
  type Labels,
  type PartialAttributes,
  type Phases,
  type Proposed,
  type ProtocolKind,
  type ToClient,
  type VoteValue,
} from '@group-services/wire';
import type { SentRequest } from './chronicle.js';
import type { Daemon } from './daemon.js';
import type { PerfectMetagroup } from './perfect-metagroup.js';

type Ballot = Extract<ToClient, { readonly kind: 'ballot' }>;

interface PhaseChoice {
  readonly phases?: Phases;
  readonly timeLimit?: number | undefined;
}

export interface VoteRiders {
  readonly state?: string | undefined;
  readonly message?: string | undefined;
  readonly defaultVote?: DefaultVote | undefined;
  /** Another than the one it was asked for last. */
  readonly phase?: number | undefined;
}

export interface HeardAt {
  readonly generation: number;
  readonly position: number;
  readonly moment: number;
  /** What the handle's list is after it; undefined when there is none that it could follow. */
  readonly view: ClientView | undefined;
}

interface Join {
  readonly request: number;
  /** As it was asked for; undefined: its daemon makes one up. */
  readonly instance: string | undefined;
  readonly attributes: PartialAttributes;
}

export interface CastVote {
  readonly handle: number;
  readonly protocol: string;
  readonly kind: ProtocolKind;
  readonly phase: number;
  readonly value: VoteValue | 'default';
  readonly stateValue: Uint8Array | undefined;
  readonly request: SentRequest;
}

/** A client process: what it asked and what it heard. */
export class Process {
  readonly client: number;
  readonly daemon: Daemon;
  readonly heard: ToClient[] = [];
  readonly #heardAt = new Map<ToClient, HeardAt>();
  readonly #lists = new Map<number, FollowedView>();
  /** Requests in the order of their calls, with what they were. */
  readonly asked = new Map<number, string>();
  readonly askedAt = new Map<number, number>();
  /** Votes that its daemon took. */
  readonly cast: CastVote[] = [];
  /** What it asked for by handle, and the conditions of its state changes by request. */
  readonly joins = new Map<number, Join>();
  readonly conditions = new Map<number, Uint8Array | null>();
  isGone = false;
  goneAt = Number.POSITIVE_INFINITY;
  readonly #metagroup: PerfectMetagroup;
  #nextRequest = 1;
  #nextHandle = 1;

  constructor(metagroup: PerfectMetagroup, daemon: Daemon, client: number) {
    this.#metagroup = metagroup;
    this.daemon = daemon;
    this.client = client;
    metagroup.told.push((from, to, message) => {
      if (from !== daemon || to !== client) return;
      this.heard.push(message);
      const moment = metagroup.chronicle.next();
      const { generation } = daemon;
      const position = metagroup.positionAt(daemon);
      const view = 'handle' in message ? this.#follow(message) : undefined;
      this.#heardAt.set(message, { generation, position, moment, view });
    });
  }

  #follow(message: Extract<ToClient, { readonly handle: number }>): ClientView | undefined {
    const { handle } = message;
    const begun = 'snapshot' in message ? message.snapshot : null;
    if (begun !== null) this.#lists.set(handle, new FollowedView(begun.view));
    const change = 'membership' in message ? message.membership : undefined;
    const list = this.#lists.get(handle);
    if (change !== undefined && list?.apply(change) !== true) return undefined;
    return list?.view;
  }

  /** When it heard a message, and after which position of its daemon's stream. */
  heardAt(message: ToClient): HeardAt {
    const at = this.#heardAt.get(message);
    if (at === undefined) throw new Error('it heard this message');
    return at;
  }

  /** The list that a ballot is about. */
  shownBy(ballot: Ballot): ClientView | undefined {
    return ballot.group?.view ?? this.heardAt(ballot).view;
  }

  /** Handles of providers that are in, as far as the process knows. */
  get provided(): readonly number[] {
    const handles = new Set<number>();
    for (const message of this.heard) {
      if (message.kind === 'joined') handles.add(message.handle);
      if (message.kind === 'removed') handles.delete(message.handle);
    }
    return [...handles];
  }

  join(options: {
    readonly instance?: string | undefined;
    readonly attributes?: PartialAttributes | undefined;
    readonly labels?: Labels | undefined;
    readonly timeoutMs?: number | undefined;
  }): number {
    const { instance, attributes = {}, labels, timeoutMs = 0 } = options;
    const request = this.#ask('join');
    const handle = this.#nextHandle++;
    this.joins.set(handle, { request, instance, attributes });
    const { client } = this;
    this.#step({ kind: 'join', client, request, handle, instance, attributes, labels, timeoutMs });
    return handle;
  }

  subscribe(options: {
    readonly persistent: boolean;
    readonly membership?: boolean;
    readonly state?: boolean;
    readonly timeoutMs?: number;
  }): number {
    const request = this.#ask('subscribe');
    const handle = this.#nextHandle++;
    const { persistent, membership = true, state = true, timeoutMs = 0 } = options;
    const { client } = this;
    const flags = { membership, state, persistent, timeoutMs };
    this.#step({ kind: 'subscribe', client, request, handle, ...flags });
    return handle;
  }

  unsubscribe(handle: number): void {
    this.#step({
      kind: 'unsubscribe',
      client: this.client,
      request: this.#ask('unsubscribe'),
      handle,
    });
  }

  send(handle: number, text: string, safe = false): number {
    const request = this.#ask(`send ${text}`);
    const payload = new TextEncoder().encode(text);
    this.#step({ kind: 'send', client: this.client, handle, request, safe, payload });
    return request;
  }

  /** Several messages as one; the request of the first. */
  sendBundle(handle: number, texts: readonly string[], safe = false): number {
    const bundle = new BundleWriter();
    const requests = texts.map((text) => {
      bundle.add(bytesOf(text));
      return this.#ask(`send ${text}`);
    });
    const { client } = this;
    const [request = 0] = requests;
    const { count, content } = bundle.take();
    const bundled = { count, content: content.slice() };
    this.#step({ kind: 'bundle', client, handle, request, safe, ...bundled });
    return request;
  }

  propose(handle: number, proposed: Proposed, choice: PhaseChoice = {}): number {
    const request = this.#ask(proposed.kind);
    if (proposed.kind === 'state' && proposed.ifState !== undefined) {
      this.conditions.set(request, proposed.ifState);
    }
    const { phases = 1, timeLimit } = choice;
    const { client } = this;
    this.#step({ kind: 'propose', client, handle, request, phases, timeLimit, proposed });
    return request;
  }

  /** The ballots that this process has heard for a handle. */
  ballots(handle: number): readonly Ballot[] {
    return this.heard.filter(
      (message): message is Ballot => message.kind === 'ballot' && message.handle === handle,
    );
  }

  /** It was asked for a vote, which its daemon has not taken. */
  owesVote(handle: number): boolean {
    const ballot = this.ballots(handle).at(-1);
    return ballot !== undefined && !this.cast.some((vote) => isFor(vote, ballot));
  }

  /** Votes in the phase that it was asked for last. */
  vote(handle: number, value: VoteValue | 'default', riders: VoteRiders = {}): void {
    const ballot = this.ballots(handle).at(-1);
    const { state, message, defaultVote, phase = ballot?.phase ?? 1 } = riders;
    const { id: protocol, kind } = ballot?.protocol ?? { id: 'none', kind: 'barrier' };
    const before = this.daemon.lastRequest;
    const stateValue = state === undefined ? undefined : bytesOf(state);
    this.#step({
      kind: 'vote',
      client: this.client,
      handle,
      protocol,
      phase,
      value,
      stateValue,
      message: message === undefined ? undefined : bytesOf(message),
      defaultVote,
    });
    const request = this.daemon.lastRequest;
    if (request === undefined || request === before) return;
    // A default vote carries no rider.
    const rider = value === 'default' ? undefined : stateValue;
    this.cast.push({ handle, protocol, kind, phase, value, stateValue: rider, request });
  }

  report(code: AnnouncementCode): void {
    this.#step({ kind: 'report', client: this.client, code });
  }

  withdraw(target: number): void {
    this.#step({ kind: 'withdraw', client: this.client, target });
  }

  goodbye(handle: number): void {
    this.#step({ kind: 'goodbye', client: this.client, request: this.#ask('goodbye'), handle });
  }

  die(reason: 'quit' | 'process-failure' = 'process-failure', detail?: string): void {
    this.isGone = true;
    this.goneAt = this.#metagroup.chronicle.next();
    this.#step({ kind: 'clientGone', client: this.client, reason, detail });
  }

  #ask(what: string): number {
    const request = this.#nextRequest++;
    this.asked.set(request, what);
    this.askedAt.set(request, this.#metagroup.chronicle.next());
    return request;
  }

  #step(input: Parameters<PerfectMetagroup['step']>[1]): void {
    this.#metagroup.step(this.daemon, input);
  }
}

function isFor({ protocol, phase, handle }: CastVote, ballot: Ballot): boolean {
  return protocol === ballot.protocol.id && phase === ballot.phase && handle === ballot.handle;
}

/** The request that a message answers; 0: none. */
export function answeredBy(message: ToClient): number {
  return 'request' in message ? (message.request ?? 0) : 0;
}

export function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? 'none' : new TextDecoder().decode(bytes);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
