import {
  assertNever,
  type DaemonId,
  type DeadlineReached,
  type Engine,
  heardUpTo,
  type Instant,
  incarnationOf,
  invariant,
  NEVER,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type {
  LivenessInput,
  LivenessOptions,
  LivenessOutput,
  PeerStatus,
  SuspicionReason,
  WatchedPeer,
} from './inputs.js';
import { Peer } from './peer.js';

/**
 * Who is alive, as seen from one daemon: shared by all its groups (`internal-layer.md` §7, M7,
 * M32).
 *
 * Every `heartbeatMs` each peer gets one message that says whom we hear. A peer is suspected when it
 * is silent for `suspectAfterMs`; when its heartbeats come but none for as long said that it hears us (a
 * link that works one way is no link); and at once when the kernel closes its link and the one dial
 * that follows finds nobody, or somebody newer. It counts as alive again when a heartbeat of it names
 * us. Evidence is per incarnation: nothing that a newer daemon of the node says helps the older one.
 *
 * A daemon whose own timer went off late by more than half of `suspectAfterMs` was paused or starved:
 * it cannot know who was silent, and starts everybody's clock anew. Neither does one know that has not
 * read yet what came before: it judges silence up to the arrival of its oldest unread input (`readUpTo`),
 * and that of a peer whose link has not been read to the end up to when it was last (`readOf`), so that a
 * verdict waits, however long that takes, for what may speak against it, and no longer.
 *
 * One timer: it runs while anybody is watched or watches us.
 */
export class LivenessEngine implements Engine<LivenessInput, LivenessOutput> {
  readonly #options: LivenessOptions;
  #peers = new Map<DaemonId, Peer>();
  /** Daemons that send us heartbeats unwatched, and when they last did: they get ours in return. */
  readonly #watchers = new Map<DaemonId, Instant>();
  /** The highest incarnation of a node that a newer daemon has replaced. */
  readonly #supersededUpTo = new Map<NodeName, number>();
  #heartbeatAt: Instant = NEVER;
  /** No peer can be due for suspicion before; it may lie too early, never too late. */
  #checkAt: Instant = NEVER;
  /** Until then no verdict that waits for what is unread is looked at again. */
  #lookAgainAt: Instant = Number.NEGATIVE_INFINITY;
  #now: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: LivenessOptions) {
    invariant(options.heartbeatMs > 0, 'heartbeats are apart');
    invariant(options.suspectAfterMs > options.heartbeatMs, 'one heartbeat may be missed');
    this.#options = options;
  }

  step(input: LivenessInput, now: Instant): readonly LivenessOutput[] {
    invariant(now >= this.#now, 'time does not run backwards');
    this.#now = now;
    switch (input.kind) {
      case 'heard':
        this.#peers.get(input.from)?.hear(now);
        return [];
      case 'heartbeat':
        return this.#onHeartbeat(input.from, input.hears);
      case 'watch':
        return this.#onWatch(input.peers);
      case 'linkClosed':
        return this.#onLinkClosed(input.peer);
      case 'unreachable':
        return this.#peers.get(input.peer)?.isProbed
          ? this.#suspect(input.peer, 'unreachable')
          : [];
      case 'superseded':
        return this.#onSuperseded(input.peer);
      case 'stopping': {
        const peer = this.#peers.get(input.peer);
        if (peer !== undefined) peer.isStopping = true;
        return [];
      }
      case 'beat':
        if (this.#heartbeatAt !== NEVER) this.#heartbeatAt = this.#now;
        return [];
      case 'deadlineReached':
        return this.#onDeadline(input);
      default:
        return assertNever(input);
    }
  }

  deadline(): Instant {
    return Math.min(this.#heartbeatAt, this.#checkAt);
  }

  /** Whether a daemon is suspected now; one that is not watched is not, unless it is superseded. */
  isSuspected(daemon: DaemonId): boolean {
    return this.#peers.get(daemon)?.suspicion !== undefined || this.#isSuperseded(daemon);
  }

  /** The watched peers, in the order in which they were given. */
  status(now: Instant): readonly PeerStatus[] {
    return [...this.#peers.values()].map((peer) => peer.status(now));
  }

  #onHeartbeat(from: DaemonId, hears: readonly DaemonId[]): readonly LivenessOutput[] {
    const peer = this.#peers.get(from);
    if (peer === undefined) {
      this.#noteWatcher(from);
      return [];
    }
    peer.hear(this.#now);
    if (!hears.includes(this.#options.self)) {
      peer.deniesUs(this.#now);
      this.#plan();
      return [];
    }
    peer.hearsUs(this.#now);
    if (peer.suspicion === undefined || peer.suspicion === 'superseded') return [];
    peer.suspicion = undefined;
    this.#plan();
    return [{ kind: 'alive', peer: from }];
  }

  /** Who watches us gets heartbeats, or it would suspect us before we know that we share a group. */
  #noteWatcher(from: DaemonId): void {
    if (from === this.#options.self || this.#isSuperseded(from)) return;
    if (this.#watchers.size >= REMEMBERED_MAX && !this.#watchers.has(from)) return;
    this.#watchers.set(from, this.#now);
    if (this.#heartbeatAt === NEVER) this.#heartbeatAt = this.#now;
  }

  #onWatch(watched: readonly WatchedPeer[]): readonly LivenessOutput[] {
    const before = this.#peers;
    const outputs: LivenessOutput[] = [];
    this.#peers = new Map();
    for (const { daemon } of watched) {
      if (daemon === this.#options.self) continue;
      const known = before.get(daemon);
      this.#peers.set(daemon, known ?? new Peer(daemon, this.#now));
      if (known !== undefined) continue;
      this.#watchers.delete(daemon);
      // At once, so that both sides can have heard each other long before their credit ends.
      this.#heartbeatAt = this.#now;
      if (this.#isSuperseded(daemon)) outputs.push(...this.#suspect(daemon, 'superseded'));
    }
    if (this.#peers.size + this.#watchers.size === 0) this.#heartbeatAt = NEVER;
    this.#plan();
    return outputs;
  }

  #onLinkClosed(daemon: DaemonId): readonly LivenessOutput[] {
    const peer = this.#peers.get(daemon);
    if (peer === undefined || peer.suspicion !== undefined || peer.isProbed) return [];
    if (peer.isStopping) return this.#suspect(daemon, 'stopped');
    peer.isProbed = true;
    return [{ kind: 'probe', peer: daemon }];
  }

  #onSuperseded(daemon: DaemonId): readonly LivenessOutput[] {
    const node = nodeOf(daemon);
    const upTo = Math.max(this.#supersededUpTo.get(node) ?? 0, incarnationOf(daemon));
    this.#supersededUpTo.delete(node);
    this.#supersededUpTo.set(node, upTo);
    if (this.#supersededUpTo.size > REMEMBERED_MAX) {
      for (const oldest of this.#supersededUpTo.keys()) {
        this.#supersededUpTo.delete(oldest);
        break;
      }
    }
    this.#watchers.delete(daemon);
    return [...this.#peers.values()]
      .filter((peer) => peer.suspicion !== 'superseded' && this.#isSuperseded(peer.daemon))
      .flatMap((peer) => this.#suspect(peer.daemon, 'superseded'));
  }

  #onDeadline(read: DeadlineReached): readonly LivenessOutput[] {
    const now = this.#now;
    const { suspectAfterMs } = this.#options;
    if (now - this.deadline() > suspectAfterMs / 2) {
      for (const peer of this.#peers.values()) peer.forgive(now);
    }
    const outputs: LivenessOutput[] = [];
    let isAllRead = true;
    for (const peer of this.#peers.values()) {
      const upTo = heardUpTo(read, peer.daemon, now);
      if (upTo < now) isAllRead = false;
      const why = peer.suspicion === undefined ? peer.verdict(upTo, suspectAfterMs) : undefined;
      if (why !== undefined) outputs.push(...this.#suspect(peer.daemon, why));
    }
    if (!isAllRead) this.#lookAgainAt = now + suspectAfterMs * LOOK_AGAIN;
    this.#plan();
    if (this.#heartbeatAt <= now) outputs.push(...this.#beat(read));
    return outputs;
  }

  #beat(read: DeadlineReached): readonly LivenessOutput[] {
    const { heartbeatMs, suspectAfterMs } = this.#options;
    for (const [watcher, heardAt] of this.#watchers) {
      if (heardUpTo(read, watcher, this.#now) - heardAt >= suspectAfterMs) {
        this.#watchers.delete(watcher);
      }
    }
    const peers = [...this.#peers.values()];
    const to = peers
      .filter((peer) => peer.suspicion !== 'superseded')
      .map((peer) => peer.daemon)
      .concat(...this.#watchers.keys());
    this.#heartbeatAt = to.length === 0 ? NEVER : this.#now + heartbeatMs;
    if (to.length === 0) return [];
    const hears = peers
      .filter((peer) => peer.isHeard(heardUpTo(read, peer.daemon, this.#now), suspectAfterMs))
      .map((peer) => peer.daemon)
      .concat(...this.#watchers.keys());
    return [{ kind: 'heartbeat', to, hears }];
  }

  #suspect(daemon: DaemonId, why: SuspicionReason): readonly LivenessOutput[] {
    this.#peers.get(daemon)?.suspect(why);
    return [{ kind: 'suspect', peer: daemon, why }];
  }

  #plan(): void {
    let earliest = NEVER;
    for (const peer of this.#peers.values()) {
      if (peer.suspicion !== undefined) continue;
      earliest = Math.min(earliest, peer.limit(this.#options.suspectAfterMs));
    }
    // What a peer said just now may make it due at once: the timer is not late for that.
    this.#checkAt = Math.max(earliest, this.#lookAgainAt, this.#now);
  }

  #isSuperseded(daemon: DaemonId): boolean {
    return incarnationOf(daemon) <= (this.#supersededUpTo.get(nodeOf(daemon)) ?? 0);
  }
}

/** A verdict that had to wait for what is unread is looked at again after this share of `suspectAfterMs`. */
const LOOK_AGAIN = 1 / 16;
/** Peers that watch us without being watched, and nodes with a superseded daemon: kept at most. */
const REMEMBERED_MAX = 1024;
