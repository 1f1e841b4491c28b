import { type DaemonId, type Instant, type NodeName, nodeOf } from '@group-services/core';
import { LivenessEngine } from '@group-services/liveness';
import type { DaemonMessage, NodeMessage } from '@group-services/wire';
import { type LaterStart, LaterStarts } from './later-starts.js';
import type { DaemonNews } from './news.js';
import type { Shared } from './shared.js';

/**
 * The other daemons: their addresses, the one liveness engine that all groups share, and the set of
 * daemons it watches.
 */
export class Peers {
  readonly #shared: Shared;
  readonly #ports: PeerPorts;
  readonly #liveness: LivenessEngine;
  readonly #addresses = new Map<DaemonId, string>();
  readonly #heardAt = new Map<DaemonId, Instant>();
  /** Said that they stop in order; an incarnation that has stopped never comes back. */
  readonly #stopped = new Set<DaemonId>();
  #watched: ReadonlySet<DaemonId> = new Set();
  readonly #starts = new LaterStarts();
  /** Those of them that are being drained, as they said last. */
  readonly #drained = new Set<DaemonId>();

  constructor(shared: Shared, ports: PeerPorts) {
    this.#shared = shared;
    this.#ports = ports;
    const { heartbeatMs, suspectAfterMs } = shared.options;
    this.#liveness = new LivenessEngine({ self: shared.self, heartbeatMs, suspectAfterMs });
  }

  /** Daemons that count as failed at the moment. */
  suspected(): DaemonId[] {
    return [...this.#watched].filter((daemon) => this.#liveness.isSuspected(daemon)).sort();
  }

  isSuspected(daemon: DaemonId): boolean {
    return this.#liveness.isSuspected(daemon);
  }

  isWatched(daemon: DaemonId): boolean {
    return this.#watched.has(daemon);
  }

  /** All daemons known to be drained, this one included. */
  drained(): readonly DaemonId[] {
    const { drained, self } = this.#shared;
    return drained ? [self, ...this.#drained] : [...this.#drained];
  }

  isDrained(daemon: DaemonId): boolean {
    return this.#drained.has(daemon);
  }

  /** Says at once to all watched daemons whether this one is drained. */
  sayDrained(): void {
    this.#perform(this.#liveness.step({ kind: 'beat' }, this.#shared.now));
  }

  get stopped(): ReadonlySet<DaemonId> {
    return this.#stopped;
  }

  /** Of nodes of which an earlier start was met. */
  get laterStarts(): readonly LaterStart[] {
    return this.#starts.toTell();
  }

  status(): ReturnType<LivenessEngine['status']> {
    return this.#liveness.status(this.#shared.now);
  }

  /** How long ago a daemon of that node was heard that is not suspected; undefined: none is. */
  hearsMsAgo(node: NodeName): number | undefined {
    for (const { daemon, suspected, heardMsAgo } of this.status()) {
      if (nodeOf(daemon) === node && suspected === null && heardMsAgo !== null) return heardMsAgo;
    }
    return undefined;
  }

  addressOf(daemon: DaemonId): string | undefined {
    return this.#addresses.get(daemon);
  }

  learnAddress(daemon: DaemonId, address: string): void {
    if (this.#addresses.size >= ADDRESSES_MAX) this.#forgetUnwatched();
    this.#addresses.set(daemon, address);
    this.#starts.met(daemon);
  }

  send(peer: DaemonId, message: DaemonMessage): void {
    const address = this.#addresses.get(peer);
    if (address === undefined) return;
    this.#shared.emit({ kind: 'toPeer', peer, address, message });
  }

  /** Nobody else needs the link with this daemon, unless a group does. */
  release(peer: DaemonId): void {
    if (!this.#watched.has(peer)) this.#shared.emit({ kind: 'dropPeer', peer });
  }

  /** The complete set of daemons that share a group with this one, with their addresses. */
  watch(addresses: ReadonlyMap<DaemonId, string>): void {
    const daemons = new Set(addresses.keys());
    const suspects = this.suspected();
    for (const daemon of this.#watched) {
      if (daemons.has(daemon)) continue;
      this.#heardAt.delete(daemon);
      this.#drained.delete(daemon);
      this.#ports.unwatched(daemon);
      this.#shared.emit({ kind: 'dropPeer', peer: daemon });
    }
    const added = [...daemons].filter((daemon) => !this.#watched.has(daemon));
    for (const daemon of added) this.#starts.listed(daemon);
    this.#watched = daemons;
    for (const [daemon, address] of addresses) this.#addresses.set(daemon, address);
    if (this.#addresses.size > ADDRESSES_MAX) this.#forgetUnwatched();
    const peers = [...daemons].sort().map((daemon) => ({ daemon }));
    this.#perform(this.#liveness.step({ kind: 'watch', peers }, this.#shared.now));
    this.#forgive(suspects.filter((daemon) => !daemons.has(daemon)));
    // Whoever comes to share a group with this daemon must not give it a lead.
    if (added.length > 0 && this.#shared.drained) this.sayDrained();
  }

  /**
   * Nobody will find out that a daemon is alive again when nobody watches it, so its suspicion ends
   * with the watching: or a group would never let it join anew.
   */
  #forgive(unwatched: readonly DaemonId[]): void {
    for (const daemon of unwatched) {
      if (!this.#liveness.isSuspected(daemon)) this.#ports.alive(daemon);
    }
  }

  /** Anything from a peer is a sign of life; it is passed on sparingly, this is the hot path. */
  heard(from: DaemonId): void {
    const { now, options } = this.#shared;
    const last = this.#heardAt.get(from);
    if (last !== undefined && now - last < options.heartbeatMs / 2) return;
    this.#heardAt.set(from, now);
    this.#starts.met(from);
    this.#perform(this.#liveness.step({ kind: 'heard', from }, now));
  }

  onMessage(
    from: DaemonId,
    message: Extract<NodeMessage, { readonly kind: 'heartbeat' | 'stopping' }>,
  ): void {
    const { now } = this.#shared;
    if (message.kind === 'heartbeat') {
      const { hears, drained } = message;
      this.#perform(this.#liveness.step({ kind: 'heartbeat', from, hears }, now));
      this.#noteDrained(from, drained === true);
    } else {
      this.#noteStopped(from);
      this.#perform(this.#liveness.step({ kind: 'stopping', peer: from }, now));
    }
  }

  #noteDrained(daemon: DaemonId, drained: boolean): void {
    if (this.#drained.has(daemon) === drained) return;
    // It may say so before this daemon knows that they share a group.
    if (drained && this.#drained.size >= DRAINED_MAX) this.#forgetDrained();
    if (drained) this.#drained.add(daemon);
    else this.#drained.delete(daemon);
    this.#ports.drained();
  }

  #forgetDrained(): void {
    for (const daemon of this.#drained)
      if (!this.#watched.has(daemon)) this.#drained.delete(daemon);
  }

  /** Beyond the end of its watching: its providers are removed after it is. */
  #noteStopped(daemon: DaemonId): void {
    this.#stopped.add(daemon);
    if (this.#stopped.size <= STOPPED_MAX) return;
    const [oldest] = this.#stopped;
    if (oldest !== undefined) this.#stopped.delete(oldest);
  }

  onEvidence(kind: 'linkClosed' | 'unreachable' | 'superseded', peer: DaemonId): void {
    if (kind === 'superseded') this.#starts.replaced(peer);
    this.#perform(this.#liveness.step({ kind, peer }, this.#shared.now));
  }

  /** Tells everybody that our silence from now on is meant. */
  sayStopping(): void {
    for (const peer of [...this.#watched].sort()) {
      this.send(peer, { kind: 'node', message: { kind: 'stopping' } });
    }
  }

  deadline(): Instant {
    return this.#liveness.deadline();
  }

  onDeadline(): void {
    const { now, read } = this.#shared;
    if (this.#liveness.deadline() > now) return;
    this.#perform(this.#liveness.step({ kind: 'deadlineReached', ...read }, now));
  }

  #perform(outputs: LivenessOutputs): void {
    for (const output of outputs) {
      switch (output.kind) {
        case 'heartbeat':
          for (const peer of output.to) {
            const drained = this.#shared.drained ? { drained: true as const } : {};
            const message = { kind: 'heartbeat' as const, hears: [...output.hears], ...drained };
            this.send(peer, { kind: 'node', message });
          }
          break;
        case 'probe':
          this.#probe(output.peer);
          break;
        case 'suspect':
          this.#shared.tally.suspicions.add(1, output.why);
          this.#shared.log('info', 'peer suspected', { peer: output.peer, why: output.why });
          this.#note({ kind: 'suspected', node: nodeOf(output.peer), why: output.why });
          this.#ports.suspected(output.peer);
          break;
        case 'alive':
          this.#shared.log('info', 'peer alive again', { peer: output.peer });
          this.#note({ kind: 'alive', node: nodeOf(output.peer) });
          this.#ports.alive(output.peer);
          break;
      }
    }
  }

  #note(news: DaemonNews): void {
    this.#shared.options.journal?.add(news, this.#shared.now);
  }

  #probe(peer: DaemonId): void {
    const address = this.#addresses.get(peer);
    if (address !== undefined) this.#shared.emit({ kind: 'probePeer', peer, address });
  }

  #forgetUnwatched(): void {
    for (const daemon of this.#addresses.keys()) {
      if (!this.#watched.has(daemon)) this.#addresses.delete(daemon);
    }
  }
}

/** Who wants to know about suspicions. */
export interface PeerPorts {
  readonly suspected: (daemon: DaemonId) => void;
  readonly alive: (daemon: DaemonId) => void;
  /** No group here has it any more. */
  readonly unwatched: (daemon: DaemonId) => void;
  /** Others of the watched ones are being drained now. */
  readonly drained: () => void;
}

/** Addresses remembered beyond this number are those of watched daemons only. */
const ADDRESSES_MAX = 10_000;
/** Daemons remembered at most that have stopped in order. */
const STOPPED_MAX = 1_024;
/** Beyond this number only watched daemons are remembered as drained. */
const DRAINED_MAX = 1_024;

type LivenessOutputs = ReturnType<LivenessEngine['step']>;
