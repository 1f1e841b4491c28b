import { type DaemonId, nodeOf, type PeerEnd } from '@group-services/core';
import {
  type Attempt,
  type DialFailure,
  type DialOutcome,
  PeerDialling,
  type PeerDiallingInput,
  type PeerDiallingOutput,
} from '@group-services/dialling';
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

const BUFFER_BYTES_MAX = 64 * 1024 * 1024;

/** One attempt to dial, and the link that came of it. */
interface Attempted {
  readonly peer: DaemonId;
  readonly abort: AbortController;
  link?: Link | undefined;
}

/**
 * This daemon's outgoing links, one per peer that it has something to say to: does what the engine of
 * dialling decides, and tells it how that went.
 */
export class PeerLinks {
  readonly #options: PeerLinksOptions;
  readonly #bufferBytesMax: number;
  readonly #dialling = new PeerDialling<OutgoingFrame>();
  readonly #attempts = new Map<Attempt, Attempted>();

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
      const link = this.#linkTo(end.peer);
      const through = link?.cast;
      if (link === undefined || through === undefined || (cast ?? through) !== through) {
        this.#send(end, frame);
        continue;
      }
      cast = through;
      this.#options.traffic?.sent(end.peer, frame);
      together.push(link);
    }
    const [only] = together;
    if (together.length > 1) cast?.send(together, frame);
    else only?.send(frame);
  }

  /** Finds out whether the peer is there: a link that stands says nothing, a new one is tried. */
  probe(peer: DaemonId, address: string): void {
    this.#step({ kind: 'probe', peer, address });
  }

  drop(peer: DaemonId): void {
    this.#step({ kind: 'drop', peer });
  }

  /** Closes everything; what was queued is still written. */
  close(): void {
    this.#step({ kind: 'close' });
  }

  #linkTo(peer: DaemonId): Link | undefined {
    const attempt = this.#dialling.linkTo(peer);
    return attempt === undefined ? undefined : this.#attempts.get(attempt)?.link;
  }

  #send({ peer, address }: PeerEnd, frame: OutgoingFrame): void {
    // What waits for a link may wait for longer than a scratch buffer keeps it.
    const stands = this.#dialling.linkTo(peer) !== undefined;
    const kept = stands ? frame : { head: joinFrame(frame) };
    this.#step({ kind: 'send', peer, address, frame: kept });
  }

  /** `error`: what the input is about, for people. */
  #step(input: PeerDiallingInput<OutgoingFrame>, error?: Error): void {
    for (const output of this.#dialling.step(input, performance.now())) {
      this.#perform(output, error);
    }
  }

  #perform(output: PeerDiallingOutput<OutgoingFrame>, error: Error | undefined): void {
    const { events } = this.#options;
    switch (output.kind) {
      case 'dial':
        this.#dial(output.attempt, output.peer, output.address);
        return;
      case 'transmit':
        this.#transmit(output.attempt, output.frames);
        return;
      case 'up':
        events.up(output.peer, output.address);
        return;
      case 'closed':
        events.closed(output.peer);
        return;
      case 'notReached': {
        const { peer, address, whose } = output;
        const why = output.another ? anotherAt(address) : (error?.message ?? 'no answer');
        events.failed(peer, address, why, whose);
        return;
      }
      case 'unreachable':
        events.unreachable(output.peer);
        return;
      case 'superseded':
        events.superseded(output.peer, output.incarnation);
        return;
      default:
        this.#end(output.kind, output.attempt);
    }
  }

  #end(how: 'giveUp' | 'closeLink' | 'abortLink', attempt: Attempt): void {
    const attempted = this.#attempts.get(attempt);
    if (how === 'giveUp') attempted?.abort.abort();
    else if (how === 'closeLink') attempted?.link?.close();
    else attempted?.link?.abort();
  }

  #transmit(attempt: Attempt, frames: readonly OutgoingFrame[]): void {
    const { link, peer } = this.#attempts.get(attempt) ?? {};
    if (link === undefined || peer === undefined) return;
    for (const frame of frames) {
      this.#options.traffic?.sent(peer, frame);
      link.send(frame);
    }
    if (link.bufferedBytes > this.#bufferBytesMax) link.abort();
  }

  #dial(attempt: Attempt, peer: DaemonId, address: string): void {
    const attempted: Attempted = { peer, abort: new AbortController() };
    this.#attempts.set(attempt, attempted);
    // Every outcome of the attempt is handled in `then`, so nothing is left to catch.
    void this.#attempt(attempt, attempted, address).then(({ outcome, error }) => {
      if (outcome.kind === 'failed') this.#attempts.delete(attempt);
      this.#step({ kind: 'dialled', peer, attempt, outcome }, error);
    });
  }

  async #attempt(
    attempt: Attempt,
    attempted: Attempted,
    address: string,
  ): Promise<{ readonly outcome: DialOutcome; readonly error?: Error }> {
    const { transports, hello, dialTimeoutMs: timeoutMs } = this.#options;
    const { peer } = attempted;
    let welcome: Welcome | undefined;
    try {
      await dialSession({
        transport: transportFor(address, transports),
        address,
        hello,
        meant: { role: 'node', domain: hello.domain, name: nodeOf(peer) },
        signal: attempted.abort.signal,
        timeoutMs,
        opened: (link, answer) => {
          attempted.link = link;
          welcome = answer;
          return {
            onFrame: () => {},
            onClose: (reason) => this.#linkClosed(attempt, peer, reason),
          };
        },
      });
      const { node, incarnation } = welcome ?? {};
      return { outcome: { kind: 'welcomed', node, incarnation } };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      return { outcome: { kind: 'failed', failure: failureOf(error) }, error };
    }
  }

  #linkClosed(attempt: Attempt, peer: DaemonId, reason: CloseReason): void {
    this.#attempts.delete(attempt);
    const by = reason.kind === 'closed' ? 'us' : 'others';
    this.#step({ kind: 'ended', peer, attempt, by });
  }
}

function anotherAt(address: string): string {
  return `another daemon answers at ${address}: do two of them give this address, or is it one that every host has, such as 127.0.0.1?`;
}

function failureOf(error: Error): DialFailure {
  if (error instanceof HandshakeSilence) return 'silence';
  if (!(error instanceof TransportError)) return 'refusal';
  if (error.code === 'timeout') return 'silence';
  return error.code === 'exhausted' ? 'exhausted' : 'refusal';
}
