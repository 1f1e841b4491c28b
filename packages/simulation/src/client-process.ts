import type { GroupName, Rng } from '@group-services/core';
import {
  encodeFromClient,
  type FromClient,
  joinFrame,
  type Proposed,
  type ToClient,
} from '@group-services/wire';
import type { DaemonNode } from './daemon-node.js';
import type { ClientConnection } from './local-clients.js';
import { writePayload } from './payload.js';
import type { Surroundings } from './surroundings.js';
import { brief } from './timeline.js';

/** What a process knows of one of its memberships or subscriptions. */
interface OwnHandle {
  readonly handle: number;
  readonly group: GroupName;
  readonly role: 'provider' | 'subscriber';
  phase: 'opening' | 'open' | 'ending';
  provider: string | undefined;
  providers: readonly string[];
  stateValue: Uint8Array | null;
  /** Messages and state values given so far. */
  given: number;
}

interface Session {
  readonly label: string;
  readonly connection: ClientConnection;
  readonly handles: Map<number, OwnHandle>;
  /** Requests after whose answer a handle may be over: refused openings, and ends. */
  readonly deciding: Map<number, OwnHandle>;
  nextRequest: number;
  nextHandle: number;
  lastRequest: number;
}

const RECONNECT_MAX_MS = 500;
/** Messages of one flood: more than a daemon takes without an answer is refused. */
const FLOOD = 300;

/**
 * One process beside a daemon: connects, joins and subscribes, sends, proposes, leaves, quits and is
 * killed, all drawn from its own generator. It speaks the frames of the wire directly, so that it can
 * do what a well-behaved client library would not.
 */
export class ClientProcess {
  readonly #around: Surroundings;
  readonly #node: DaemonNode;
  readonly #name: string;
  readonly #rng: Rng;
  readonly #groups: readonly GroupName[];
  #session: Session | undefined;
  #connections = 0;
  /** Whether it still begins anything on its own. */
  #busy = true;

  constructor(
    around: Surroundings,
    options: {
      readonly node: DaemonNode;
      readonly name: string;
      readonly groups: readonly GroupName[];
      readonly rng: Rng;
    },
  ) {
    this.#around = around;
    this.#node = options.node;
    this.#name = options.name;
    this.#groups = options.groups;
    this.#rng = options.rng;
  }

  start(): void {
    this.#connect();
    this.#think();
  }

  /** From now on it only answers for what it has begun. */
  rest(): void {
    this.#busy = false;
  }

  /** The process dies; its kernel closes the connection. */
  kill(): void {
    const session = this.#session;
    if (session === undefined) return;
    const { time, timeline, handles } = this.#around;
    timeline.add(time.now, session.label, 'is killed');
    this.#session = undefined;
    session.connection.close();
    handles.disconnected(session.label, time.now);
    this.#reconnectSoon();
  }

  /** Whether it reads what its daemon sends; a new connection is always read. */
  setReading(reading: 'on' | 'off'): void {
    this.#session?.connection.setReading(reading);
  }

  /** At rest: joins a group it does not provide yet, or sends as the provider it is. */
  rollCall(): void {
    const session = this.#session;
    if (session === undefined) return;
    const open = [...session.handles.values()].filter(isOpenProvider);
    if (open.length === 0) this.#join(session, this.#rng.pick(this.#groups));
    for (const own of open) this.#send(session, own);
  }

  // ---------------------------------------------------------------- connection

  #connect(): void {
    if (this.#session !== undefined) return;
    this.#connections += 1;
    const label = `${this.#name}.${this.#connections}`;
    const connection = this.#node.connect({
      label,
      received: (message) => this.#received(label, message),
      closed: () => {
        if (this.#session?.label !== label) return;
        this.#session = undefined;
        this.#reconnectSoon();
      },
    });
    if (connection === undefined) {
      this.#reconnectSoon();
      return;
    }
    this.#session = {
      label,
      connection,
      handles: new Map(),
      deciding: new Map(),
      nextRequest: 1,
      nextHandle: 1,
      lastRequest: 0,
    };
  }

  #reconnectSoon(): void {
    const delay = this.#rng.next() * RECONNECT_MAX_MS;
    this.#around.time.after(delay, () => this.#connect());
  }

  #say(session: Session, message: FromClient): void {
    const { time, timeline, handles, counters } = this.#around;
    counters.count(`client: ${message.kind}`);
    timeline.add(time.now, session.label, 'says', () => brief(message));
    handles.said(session.label, message, time.now);
    if ('request' in message) {
      session.lastRequest = message.request;
      const leaves = message.kind === 'propose' && message.proposed.kind === 'leave';
      const decides =
        leaves || ['join', 'subscribe', 'unsubscribe', 'goodbye'].includes(message.kind);
      const own = 'handle' in message ? session.handles.get(message.handle) : undefined;
      if (decides && own !== undefined) session.deciding.set(message.request, own);
    }
    session.connection.send(joinFrame(encodeFromClient(message)));
  }

  // ---------------------------------------------------------------- what it hears

  #received(label: string, message: ToClient): void {
    const session = this.#session;
    if (session === undefined || session.label !== label) return;
    this.#around.counters.count(`client hears ${message.kind}`);
    if (message.kind === 'refused') this.#around.counters.count(`refused ${message.code}`);
    if ('request' in message && message.request !== undefined) {
      this.#decided(session, message.request, message.kind);
    }
    if (!('handle' in message)) return;
    const own = session.handles.get(message.handle);
    if (own === undefined) return;
    switch (message.kind) {
      case 'joined':
        own.phase = 'open';
        own.provider = message.provider;
        own.providers = message.snapshot.view.providers;
        own.stateValue = message.snapshot.stateValue;
        return;
      case 'subscribed':
        own.phase = 'open';
        return;
      case 'approved':
        if (message.membership !== undefined) own.providers = message.membership.view.providers;
        if (message.state !== undefined) own.stateValue = message.state.value;
        return;
      case 'removed':
        session.handles.delete(own.handle);
        return;
      default:
    }
  }

  /** What could not be opened, and what is ended, makes room for another handle. */
  #decided(session: Session, request: number, answer: ToClient['kind']): void {
    const own = session.deciding.get(request);
    if (own === undefined) return;
    session.deciding.delete(request);
    const isOver = own.phase === 'opening' ? answer === 'refused' : answer === 'done';
    if (isOver) session.handles.delete(own.handle);
    else if (answer === 'refused') own.phase = 'open';
  }

  // ---------------------------------------------------------------- what it does

  #think(): void {
    const { thinkMs } = this.#around.profile.workload;
    this.#around.time.after(this.#rng.next() * 2 * thinkMs, () => {
      if (!this.#busy) return;
      if (this.#session !== undefined) this.#act(this.#session);
      this.#think();
    });
  }

  #act(session: Session): void {
    const { handlesMax, endChance } = this.#around.profile.workload;
    const live = [...session.handles.values()];
    const open = live.filter((own) => own.phase === 'open');
    const wantsMore = live.length < handlesMax && (open.length === 0 || this.#rng.chance(0.2));
    if (wantsMore) {
      this.#begin(session);
      return;
    }
    if (this.#rng.chance(0.03)) {
      if (session.lastRequest > 0)
        this.#say(session, { kind: 'withdraw', target: session.lastRequest });
      return;
    }
    if (open.length === 0) return;
    const own = this.#rng.pick(open);
    if (this.#rng.chance(endChance)) this.#finish(session, own);
    else if (own.role === 'provider') this.#propose(session, own);
  }

  #begin(session: Session): void {
    const group = this.#rng.pick(this.#groups);
    const { subscribeChance } = this.#around.profile.workload;
    if (this.#rng.chance(subscribeChance)) this.#subscribe(session, group);
    else this.#join(session, group);
  }

  #join(session: Session, group: GroupName): void {
    const { workload, timing } = this.#around.profile;
    const own = newHandle(session, group, 'provider');
    const instance = workload.namedInstances ? { instance: this.#rng.pick(['a', 'b', 'c']) } : {};
    const attributes =
      workload.attributes && this.#rng.chance(0.3) ? { version: this.#rng.pick(['1', '2']) } : {};
    this.#say(session, {
      kind: 'join',
      request: session.nextRequest++,
      handle: own.handle,
      group,
      ...instance,
      attributes,
      timeout: this.#rng.chance(0.5) ? 0 : timing.suspectAfterMs * this.#rng.between(1, 20),
    });
  }

  #subscribe(session: Session, group: GroupName): void {
    const own = newHandle(session, group, 'subscriber');
    const membership = this.#rng.chance(0.7);
    this.#say(session, {
      kind: 'subscribe',
      request: session.nextRequest++,
      handle: own.handle,
      group,
      membership,
      state: !membership || this.#rng.chance(0.5),
      persistent: this.#rng.chance(0.5),
      timeout: this.#around.profile.timing.suspectAfterMs * this.#rng.between(1, 20),
    });
  }

  #propose(session: Session, own: OwnHandle): void {
    const choice = this.#rng.next();
    const { burstMax, floodChance } = this.#around.profile.workload;
    if (choice < 0.7) {
      const flood = this.#rng.chance(floodChance);
      if (flood) this.#around.counters.count('fault: client flood');
      const burst = flood ? FLOOD : this.#rng.between(1, burstMax);
      for (let i = 0; i < burst; i += 1) this.#send(session, own);
    } else if (choice < 0.9) {
      const conditional = this.#rng.chance(0.4) ? { ifState: own.stateValue } : {};
      this.#proposeOne(session, own, {
        kind: 'state',
        value: this.#payload(session, own, true),
        ...conditional,
      });
    } else if (choice < 0.95) {
      this.#proposeOne(session, own, {
        kind: 'attributes',
        attributes: { timeLimit: this.#rng.between(1, 3) * 1000 },
      });
    } else if (choice < 0.98)
      this.#say(session, { kind: 'groups', request: session.nextRequest++ });
    else this.#expel(session, own);
  }

  #expel(session: Session, own: OwnHandle): void {
    const others = own.providers.filter((provider) => provider !== own.provider);
    if (others.length === 0) return;
    this.#proposeOne(session, own, { kind: 'expel', providers: [this.#rng.pick(others)] });
  }

  #proposeOne(session: Session, own: OwnHandle, proposed: Proposed): void {
    this.#say(session, {
      kind: 'propose',
      request: session.nextRequest++,
      handle: own.handle,
      phases: 1,
      proposed,
    });
  }

  #send(session: Session, own: OwnHandle): void {
    const safe = this.#rng.chance(this.#around.profile.workload.safeChance);
    this.#say(session, {
      kind: 'send',
      request: session.nextRequest++,
      handle: own.handle,
      safe,
      payload: this.#payload(session, own, safe),
    });
  }

  #payload(session: Session, own: OwnHandle, safe: boolean): Uint8Array {
    own.given += 1;
    const sender = `${session.label}#${own.handle}`;
    const size = this.#rng.between(0, this.#around.profile.workload.payloadMax);
    return writePayload({ sender, number: own.given, safe }, size);
  }

  #finish(session: Session, own: OwnHandle): void {
    const choice = this.#rng.next();
    if (choice < 0.1) {
      this.#say(session, { kind: 'close', request: session.nextRequest++ });
      for (const each of session.handles.values()) each.phase = 'ending';
      return;
    }
    own.phase = 'ending';
    if (own.role === 'subscriber') {
      this.#say(session, {
        kind: 'unsubscribe',
        request: session.nextRequest++,
        handle: own.handle,
      });
    } else if (choice < 0.4) {
      this.#say(session, { kind: 'goodbye', request: session.nextRequest++, handle: own.handle });
    } else this.#proposeOne(session, own, { kind: 'leave' });
  }
}

function isOpenProvider(own: OwnHandle): boolean {
  return own.role === 'provider' && own.phase === 'open';
}

function newHandle(session: Session, group: GroupName, role: OwnHandle['role']): OwnHandle {
  const own: OwnHandle = {
    handle: session.nextHandle++,
    group,
    role,
    phase: 'opening',
    provider: undefined,
    providers: [],
    stateValue: null,
    given: 0,
  };
  session.handles.set(own.handle, own);
  return own;
}
