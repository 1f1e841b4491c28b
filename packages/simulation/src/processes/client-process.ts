import type { GroupName, NodeName, Rng } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import type { DaemonNode } from '../world/daemon-node.js';
import type { Shared } from '../world/shared.js';
import { ClientSession } from './client-session.js';
import { ClientVotes } from './client-votes.js';
import { ClientWorkload } from './client-workload.js';

/**
 * One process beside a daemon: connects, joins and subscribes, sends, proposes, votes, leaves, quits
 * and is killed, all drawn from its own generator. It speaks the frames of the wire directly, so that
 * it can do what a well-behaved client library would not.
 */
export class ClientProcess {
  readonly #shared: Shared;
  readonly #node: DaemonNode;
  readonly #name: string;
  readonly #rng: Rng;
  readonly #workload: ClientWorkload;
  /** Undefined where nothing is ever voted on. */
  readonly #votes: ClientVotes | undefined;
  #session: ClientSession | undefined;
  #connections = 0;
  /** Whether it still begins anything on its own. */
  #busy = true;

  constructor(
    shared: Shared,
    options: {
      readonly node: DaemonNode;
      readonly name: string;
      readonly groups: readonly GroupName[];
      readonly rng: Rng;
    },
  ) {
    const { rng, groups } = options;
    const { voting } = shared.profile;
    this.#shared = shared;
    this.#node = options.node;
    this.#name = options.name;
    this.#rng = rng;
    this.#workload = new ClientWorkload(shared, { groups, rng });
    this.#votes =
      voting === undefined
        ? undefined
        : new ClientVotes(shared, { voting, rng: rng.fork(), die: () => this.kill() });
  }

  start(): void {
    this.#connect();
    this.#think();
  }

  get node(): NodeName {
    return this.#node.node;
  }

  /** From now on it only answers for what it has begun. */
  rest(): void {
    this.#busy = false;
    this.#votes?.rest(this.#session);
  }

  /** The process dies; its kernel closes the connection. */
  kill(): void {
    const session = this.#session;
    if (session === undefined) return;
    const { time, timeline, handles } = this.#shared;
    timeline.add(time.now, session.label, 'is killed');
    this.#lose(session);
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
    if (this.#session !== undefined) this.#workload.answer(this.#session);
  }

  #connect(): void {
    if (this.#session !== undefined) return;
    this.#connections += 1;
    const label = `${this.#name}.${this.#connections}`;
    const connection = this.#node.connect({
      label,
      received: (message) => this.#received(label, message),
      closed: () => {
        if (this.#session?.label !== label) return;
        this.#lose(this.#session);
        this.#reconnectSoon();
      },
    });
    if (connection === undefined) {
      this.#reconnectSoon();
      return;
    }
    this.#session = new ClientSession(this.#shared, { label, connection, rng: this.#rng });
    this.#votes?.connected(this.#session);
  }

  #lose(session: ClientSession): void {
    session.isOpen = false;
    this.#session = undefined;
  }

  #reconnectSoon(): void {
    const delay = this.#rng.next() * RECONNECT_MAX_MS;
    this.#shared.time.after(delay, () => this.#connect());
  }

  #received(label: string, message: ToClient): void {
    const session = this.#session;
    if (session === undefined || session.label !== label) return;
    const { counters } = this.#shared;
    counters.count(`client hears ${message.kind}`);
    if (message.kind === 'refused') {
      counters.count(`refused ${message.code}`);
      const group = session.groupOf(message.request);
      if (message.code === 'ATTRIBUTE_MISMATCH' && group !== undefined) this.#workload.adopt(group);
    }
    const own = session.hear(message);
    if (message.kind === 'ping') this.#votes?.pinged(session, message.n);
    if (message.kind === 'ballot' && own !== undefined) this.#votes?.asked(session, own, message);
  }

  #think(): void {
    const { thinkMs } = this.#shared.profile.workload;
    this.#shared.time.after(this.#rng.next() * 2 * thinkMs, () => {
      if (!this.#busy) return;
      if (this.#session !== undefined) this.#workload.act(this.#session);
      this.#think();
    });
  }
}

const RECONNECT_MAX_MS = 500;
