import { type GroupName, Rng } from '@group-services/core';
import {
  ClientSession,
  type DaemonNode,
  type OwnHandle,
  type Stage,
} from '@group-services/simulation';
import type { ToClient } from '@group-services/wire';
import type { Mood } from './actions.js';
import { GROUP, VOTE_LIMIT_MS } from './settings.js';

/**
 * One process of the playground, beside a daemon: it joins the group, talks, proposes and votes, in the
 * frames in which every client library speaks with its daemon. Loses it its connection, it connects again.
 */
export class CrewMember {
  readonly name: string;
  readonly #stage: Stage;
  readonly #node: DaemonNode;
  readonly #rng: Rng;
  readonly #listener: CrewListener;
  #session: ClientSession | undefined;
  #own: OwnHandle | undefined;
  #connections = 0;
  /** Starts so far: what an earlier one has planned is not done any more. */
  #life = 0;
  #isUp = false;
  /** How it answers when it is asked for its vote. */
  mood: Mood = 'approves';

  constructor(stage: Stage, options: CrewMemberOptions) {
    this.#stage = stage;
    this.name = options.name;
    this.#node = options.node;
    this.#rng = new Rng(options.seed);
    this.#listener = options.listener;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Its provider, while it is a member of the group. */
  get provider(): string | undefined {
    return this.#own?.phase === 'open' ? this.#own.provider : undefined;
  }

  start(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#life += 1;
    this.#connect();
    this.#talkSoon(this.#life);
  }

  /** The process dies: its kernel closes the connection. */
  kill(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    const session = this.#session;
    if (session === undefined) return;
    this.#lose();
    session.connection.close();
    const { handles, time } = this.#stage.shared;
    handles.disconnected(session.label, time.now);
  }

  /** False while it is no member. */
  send(): boolean {
    const session = this.#session;
    const own = this.#own;
    if (session === undefined || own?.phase !== 'open') return false;
    const payload = session.payload(own, false);
    const request = session.newRequest();
    session.say({ kind: 'send', request, handle: own.handle, safe: false, payload });
    return true;
  }

  /** Proposes a state value that all members vote on. */
  propose(): boolean {
    const session = this.#session;
    const own = this.#own;
    if (session === undefined || own?.phase !== 'open') return false;
    const request = session.newRequest();
    session.say({
      kind: 'propose',
      request,
      handle: own.handle,
      phases: 'voting',
      timeLimit: VOTE_LIMIT_MS,
      proposed: { kind: 'state', value: session.payload(own, true) },
    });
    return true;
  }

  #connect(): void {
    if (!this.#isUp || this.#session !== undefined) return;
    this.#connections += 1;
    const label = `${this.name}.${this.#connections}`;
    const connection = this.#node.connect({
      label,
      received: (message) => {
        if (this.#session?.label === label) this.#received(this.#session, message);
      },
      closed: () => {
        if (this.#session?.label !== label) return;
        this.#lose();
        this.#connectSoon();
      },
    });
    if (connection === undefined) return this.#connectSoon();
    const { shared } = this.#stage;
    this.#session = new ClientSession(shared, { label, connection, rng: this.#rng });
    this.#join(this.#session);
  }

  #join(session: ClientSession): void {
    this.#own = session.newHandle(GROUP as GroupName, 'provider');
    session.say({
      kind: 'join',
      request: session.newRequest(),
      handle: this.#own.handle,
      group: GROUP as GroupName,
      attributes: { timeLimit: VOTE_LIMIT_MS },
      timeout: 0,
    });
  }

  #lose(): void {
    if (this.#session !== undefined) this.#session.isOpen = false;
    this.#session = undefined;
    this.#own = undefined;
    this.#listener.lost(this.name);
  }

  #connectSoon(): void {
    const life = this.#life;
    this.#stage.shared.time.after(CONNECT_AGAIN_MS, () => {
      if (life === this.#life) this.#connect();
    });
  }

  #received(session: ClientSession, message: ToClient): void {
    session.hear(message);
    switch (message.kind) {
      case 'ballot':
        this.#asked(session, message.protocol.id, message.phase);
        return;
      case 'ping':
        session.say({ kind: 'pong', n: message.n, ok: true });
        return;
      case 'removed':
      case 'refused':
        // Whoever is no member any more, or was not let in, asks again.
        if (this.#own === undefined || session.handles.has(this.#own.handle)) return;
        this.#own = undefined;
        this.#stage.shared.time.after(CONNECT_AGAIN_MS, () => {
          if (session.isOpen && this.#own === undefined) this.#join(session);
        });
        return;
      default:
    }
  }

  #asked(session: ClientSession, protocol: string, phase: number): void {
    const thinking = this.#rng.between(250, 900);
    this.#stage.shared.time.after(thinking, () => {
      const own = this.#own;
      if (!session.isOpen || own?.ballot?.protocol !== protocol || own.ballot.phase !== phase)
        return;
      if (this.mood === 'is silent') return;
      const value = this.mood === 'approves' ? 'approve' : 'reject';
      own.ballot = undefined;
      this.#listener.votes(this.name, value);
      session.say({ kind: 'vote', handle: own.handle, protocol, phase, value });
    });
  }

  #talkSoon(life: number): void {
    this.#stage.shared.time.after(this.#rng.between(TALK_LEAST_MS, TALK_MOST_MS), () => {
      if (!this.#isUp || life !== this.#life) return;
      if (this.#listener.mayTalk()) this.send();
      this.#talkSoon(life);
    });
  }
}

export interface CrewMemberOptions {
  readonly name: string;
  readonly node: DaemonNode;
  readonly seed: number;
  readonly listener: CrewListener;
}

/** What a process tells whoever watches it. */
export interface CrewListener {
  readonly mayTalk: () => boolean;
  readonly votes: (name: string, value: 'approve' | 'reject') => void;
  readonly lost: (name: string) => void;
}

const CONNECT_AGAIN_MS = 400;
const TALK_LEAST_MS = 1_200;
const TALK_MOST_MS = 3_200;
