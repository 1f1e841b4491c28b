import { type DaemonId, daemonId, incarnationOf, nodeOf } from '@group-services/core';
import {
  type Cast,
  type CloseReason,
  type Link,
  type OutgoingFrame,
  type Transport,
  TransportError,
  transportFor,
} from '@group-services/transport';
import {
  type DaemonMessage,
  encodeDaemonFrame,
  type Hello,
  joinFrame,
  type Welcome,
} from '@group-services/wire';
import type { Traffic } from '../metrics/traffic.js';
import { dialSession, HandshakeSilence } from './dial-session.js';

/** A daemon and where it accepts links. */
interface PeerEnd {
  readonly peer: DaemonId;
  readonly address: string;
}

/** What links to other daemons report. */
export interface PeerEvents {
  readonly up: (peer: DaemonId, address: string) => void;
  /** The peer's side closed a link that stood. */
  readonly closed: (peer: DaemonId) => void;
  /** Definitely nobody there; that there was no answer in time is none of these. */
  readonly unreachable: (peer: DaemonId) => void;
  /** Why a link could not be made, for people; its consequence, if any, is another event. */
  readonly failed: (
    peer: DaemonId,
    address: string,
    why: string,
    /** `ours`: we lack what dialling needs. */
    whose: 'ours' | 'theirs',
  ) => void;
  readonly superseded: (peer: DaemonId, incarnation: number) => void;
}

export interface PeerLinksOptions {
  readonly transports: readonly Transport[];
  readonly hello: Hello;
  readonly events: PeerEvents;
  /** A peer that leaves more than this unread loses the link; its group repairs what is missing. */
  readonly bufferBytesMax?: number | undefined;
  readonly dialTimeoutMs: number;
  /** Where what is sent is counted. */
  readonly traffic?: Traffic | undefined;
}

/** Frames kept while the link is being made. */
const WAITING_FRAMES_MAX = 4_096;
/** After a failed dial nothing is tried for so long; what is sent meanwhile is dropped. */
const DIAL_PAUSE_MS = 100;
const BUFFER_BYTES_MAX = 64 * 1024 * 1024;

const NO_EVIDENCE: ReadonlySet<string> = new Set(['exhausted', 'timeout']);

type State =
  | { readonly kind: 'dialling'; readonly waiting: Uint8Array[]; readonly abort: AbortController }
  | { readonly kind: 'up'; readonly link: Link }
  | { readonly kind: 'down'; readonly until: number };

/** How a dial went: a link, the daemon of another node or incarnation, or an error. */
type Outcome =
  | { readonly kind: 'up'; readonly link: Link }
  | { readonly kind: 'another'; readonly incarnation: number }
  | { readonly kind: 'failed'; readonly error: Error };

/**
 * This daemon's outgoing links, one per peer that it has something to say to. What cannot be delivered
 * is dropped: the groups above notice and repair.
 */
export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #bufferBytesMax: number;
  readonly #states = new Map<DaemonId, State>();
  #closed = false;

  constructor(options: PeerLinksOptions) {
    this.#options = options;
    this.#bufferBytesMax = options.bufferBytesMax ?? BUFFER_BYTES_MAX;
  }

  send(peer: DaemonId, address: string, message: DaemonMessage): void {
    const frame = encodeDaemonFrame(message);
    // A sign of life must not wait behind a megabyte of messages.
    this.#send({ peer, address }, message.kind === 'node' ? { ...frame, urgent: true } : frame);
  }

  /** The same to all of these: written once, and sent once to those that a multicast reaches. */
  sendAll(peers: readonly PeerEnd[], message: DaemonMessage): void {
    const frame = encodeDaemonFrame(message);
    let cast: Cast | undefined;
    const together: Link[] = [];
    for (const end of peers) {
      const state = this.#states.get(end.peer);
      const through = state?.kind === 'up' ? state.link.cast : undefined;
      if (state?.kind !== 'up' || through === undefined || (cast ?? through) !== through) {
        this.#send(end, frame);
        continue;
      }
      cast = through;
      this.#options.traffic?.sent(end.peer, frame);
      together.push(state.link);
    }
    const [only] = together;
    if (together.length > 1) cast?.send(together, frame);
    else only?.send(frame);
  }

  #send({ peer, address }: PeerEnd, frame: OutgoingFrame): void {
    const state = this.#states.get(peer);
    if (state?.kind === 'up') {
      this.#options.traffic?.sent(peer, frame);
      state.link.send(frame);
      if (state.link.bufferedBytes > this.#bufferBytesMax) state.link.abort();
      return;
    }
    if (state?.kind === 'dialling') {
      if (state.waiting.length < WAITING_FRAMES_MAX) state.waiting.push(joinFrame(frame));
      return;
    }
    if (state !== undefined && performance.now() < state.until) return;
    this.#dial(peer, address, [joinFrame(frame)]);
  }

  /** Finds out whether the peer is there: a link that stands says nothing, a new one is tried. */
  probe(peer: DaemonId, address: string): void {
    const state = this.#states.get(peer);
    if (state?.kind === 'dialling') return;
    if (state?.kind === 'up') state.link.close();
    this.#dial(peer, address, []);
  }

  drop(peer: DaemonId): void {
    const state = this.#states.get(peer);
    this.#states.delete(peer);
    if (state?.kind === 'up') state.link.close();
    else if (state?.kind === 'dialling') state.abort.abort();
  }

  /** Closes everything; what was queued is still written. */
  close(): void {
    this.#closed = true;
    for (const peer of [...this.#states.keys()]) this.drop(peer);
  }

  #dial(peer: DaemonId, address: string, waiting: Uint8Array[]): void {
    if (this.#closed) return;
    const abort = new AbortController();
    const state: State = { kind: 'dialling', waiting, abort };
    this.#states.set(peer, state);
    const { transports, hello, dialTimeoutMs } = this.#options;
    // Every outcome of the attempt is handled in `then`, so nothing is left to catch.
    void this.#attempt(transports, {
      peer,
      address,
      hello,
      dialTimeoutMs,
      signal: abort.signal,
    }).then((outcome) => this.#dialled(peer, address, state, outcome));
  }

  async #attempt(
    transports: readonly Transport[],
    what: {
      readonly peer: DaemonId;
      readonly address: string;
      readonly hello: Hello;
      readonly dialTimeoutMs: number;
      readonly signal: AbortSignal;
    },
  ): Promise<Outcome> {
    const { peer, address, hello, dialTimeoutMs: timeoutMs, signal } = what;
    let other: number | undefined;
    try {
      const link = await dialSession({
        transport: transportFor(address, transports),
        address,
        hello,
        meant: { role: 'node', domain: hello.domain, name: nodeOf(peer) },
        signal,
        timeoutMs,
        opened: (link, welcome) => {
          if (!isPeer(peer, welcome)) other = welcome.incarnation ?? 0;
          return {
            onFrame: () => {},
            onClose: (reason) => this.#linkClosed(peer, link, reason),
          };
        },
      });
      if (other === undefined) return { kind: 'up', link };
      link.abort();
      return { kind: 'another', incarnation: other };
    } catch (error) {
      return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #dialled(
    peer: DaemonId,
    address: string,
    state: State & { readonly kind: 'dialling' },
    outcome: Outcome,
  ): void {
    const { events } = this.#options;
    if (this.#states.get(peer) !== state) {
      if (outcome.kind === 'up') outcome.link.close();
      return;
    }
    if (outcome.kind === 'up') {
      this.#states.set(peer, outcome);
      for (const frame of state.waiting) outcome.link.send({ head: frame });
      events.up(peer, address);
      return;
    }
    this.#states.set(peer, { kind: 'down', until: performance.now() + DIAL_PAUSE_MS });
    if (outcome.kind === 'another' && outcome.incarnation > incarnationOf(peer)) {
      events.superseded(peer, outcome.incarnation);
      return;
    }
    const why = outcome.kind === 'another' ? anotherAt(address) : outcome.error.message;
    events.failed(peer, address, why, isOurs(outcome) ? 'ours' : 'theirs');
    if (outcome.kind === 'another' || isEvidence(outcome.error)) events.unreachable(peer);
  }

  #linkClosed(peer: DaemonId, link: Link, reason: CloseReason): void {
    const state = this.#states.get(peer);
    if (state?.kind === 'up' && state.link === link) {
      this.#states.set(peer, { kind: 'down', until: 0 });
    }
    if (reason.kind !== 'closed') this.#options.events.closed(peer);
  }
}

function anotherAt(address: string): string {
  return `another daemon answers at ${address}: do two of them give this address, or is it one that every host has, such as 127.0.0.1?`;
}

/**
 * Whether a failure says something of the peer. What we lack ourselves does not. Nor does time that has
 * passed: either side may be busy, and silence is judged by those who know how much they have not read.
 */
function isEvidence(error: Error): boolean {
  if (error instanceof TransportError) return !NO_EVIDENCE.has(error.code);
  return !(error instanceof HandshakeSilence);
}

function isOurs(outcome: Outcome): boolean {
  const error = outcome.kind === 'failed' ? outcome.error : undefined;
  return error instanceof TransportError && error.code === 'exhausted';
}

function isPeer(peer: DaemonId, welcome: Welcome): boolean {
  if (welcome.node === undefined || welcome.incarnation === undefined) return false;
  return nodeOf(peer) === welcome.node && daemonId(welcome.node, welcome.incarnation) === peer;
}
