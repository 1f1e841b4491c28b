import { type DaemonId, type Instant, incarnationOf, nodeOf } from '@group-services/core';
import {
  type Attempt,
  type DialFailure,
  type DialOutcome,
  PeerDialling,
  type PeerDiallingInput,
  type PeerDiallingOutput,
} from '@group-services/dialling';
import type { VirtualTime } from '@group-services/testkit';
import { type DaemonMessage, joinFrame, type PeerMemberships } from '@group-services/wire';
import type { Counters } from '../counters.js';
import { addressOf, hostOf } from '../hosts.js';
import type { Reachability } from '../reachability.js';
import { brief, type Timeline } from '../timeline.js';
import type { Codecs } from './codecs.js';
import type { Delays } from './delays.js';
import type { Spectator } from './flight.js';
import type { PeerProcess } from './peer-process.js';

const REPEAT_MS = 20;
/** What a slow link would have to carry for longer than this no longer fits into its queue. */
const QUEUED_MS_MAX = 2_000;

/**
 * What lies between daemons. Messages are lost, doubled, late and out of order like datagrams, since
 * the metagroup layer claims to need nothing better; beside it there is what a kernel tells about
 * links: handshakes, closed links, refused dials. Links may be slow or stall; one end may forget a link.
 * When a daemon dials, and what it makes of the outcome, its engine of dialling decides, as in the program.
 */
export class PeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #processes = new Map<string, PeerProcess>();
  readonly #dialling = new WeakMap<PeerProcess, PeerDialling<Uint8Array>>();
  /** The newest of each direction. */
  readonly #links = new Map<string, Link>();
  /** What each process knows of the ids of others, its own among them. */
  readonly #memberships = new WeakMap<PeerProcess, Map<PeerProcess, PeerMemberships>>();
  #written: Written | undefined;
  /** What frames say, for whoever watches them fly. */
  readonly #said = new WeakMap<Uint8Array, DaemonMessage>();

  constructor(options: PeerNetworkOptions) {
    this.#options = options;
  }

  started(process: PeerProcess): void {
    this.#processes.set(process.node, process);
  }

  /** The process is gone; its kernel closes its links. */
  ended(process: PeerProcess): void {
    if (this.#processes.get(process.node) === process) this.#processes.delete(process.node);
    for (const link of [...this.#links.values()]) {
      if (link.from === process) {
        this.#forget(link);
        this.#tellClosed(process, this.#alive(link.to));
      } else if (link.to === process.id) {
        link.state = 'closed';
        this.#tellEnded(link);
      }
    }
  }

  send(from: PeerProcess, to: DaemonId, message: DaemonMessage): void {
    const frame = this.#encode(message, from.codecs);
    this.#options.timeline.addBytes(frame);
    if (this.#options.spectator !== undefined) this.#said.set(frame, message);
    this.#step(from, { kind: 'send', peer: to, address: addressOf(to), frame });
  }

  /** What goes to several is written once. */
  #encode(message: DaemonMessage, codecs: Codecs): Uint8Array {
    if (this.#written?.message !== message || this.#written.codecs !== codecs) {
      this.#written = { message, codecs, frame: joinFrame(codecs.encodeDaemonFrame(message)) };
    }
    return this.#written.frame;
  }

  /** Dials anew to see whether the peer answers. */
  probe(from: PeerProcess, to: DaemonId): void {
    this.#step(from, { kind: 'probe', peer: to, address: addressOf(to) });
  }

  drop(from: PeerProcess, to: DaemonId): void {
    this.#step(from, { kind: 'drop', peer: to });
  }

  /** Something in between breaks a link although both processes live. */
  resetOne(choose: (count: number) => number): void {
    const link = this.#pick(choose);
    if (link === undefined) return;
    const other = this.#alive(link.to);
    this.#end(link);
    other?.enqueue({ kind: 'peerClosed', peer: link.from.id });
  }

  /** One end forgets a link and the other is not told: it goes on sending to nobody. */
  forgetOne(choose: (count: number) => number): void {
    const link = this.#pick(choose);
    if (link !== undefined) this.#end(link);
  }

  /** Nothing moves on a link for so long, and nobody is told. */
  stallOne(choose: (count: number) => number, forMs: number): void {
    const link = this.#pick(choose);
    if (link !== undefined) this.stall(link.from.node, hostOf(link.to), forMs);
  }

  stall(from: string, to: string, forMs: number): void {
    for (const link of this.#links.values()) {
      if (link.from.node !== from || hostOf(link.to) !== to) continue;
      link.stalledUntil = this.#options.time.now + forMs;
    }
  }

  /** No link is stalled or busy any more; what waited arrives as if it were sent now. */
  calmDown(): void {
    for (const link of this.#links.values()) {
      link.stalledUntil = 0;
      link.busyUntil = 0;
    }
  }

  #pick(choose: (count: number) => number): Link | undefined {
    const open = [...this.#links.values()].filter((link) => link.state === 'open');
    return open[choose(open.length)];
  }

  #step(process: PeerProcess, input: PeerDiallingInput<Uint8Array>): void {
    const dialling = this.#dialling.get(process) ?? new PeerDialling<Uint8Array>();
    this.#dialling.set(process, dialling);
    for (const output of dialling.step(input, this.#options.time.now)) {
      this.#perform(process, input.kind === 'close' ? undefined : input.peer, output);
    }
  }

  #perform(
    from: PeerProcess,
    peer: DaemonId | undefined,
    output: PeerDiallingOutput<Uint8Array>,
  ): void {
    switch (output.kind) {
      case 'dial':
        this.#dial(from, output.peer, output.attempt);
        return;
      case 'transmit':
      case 'giveUp':
      case 'closeLink':
      case 'abortLink': {
        const link = peer === undefined ? undefined : this.#links.get(key(from.id, peer));
        if (link?.attempt !== output.attempt) return;
        if (output.kind === 'transmit') {
          for (const frame of output.frames) this.#transmit(link, frame);
        } else this.#close(link);
        return;
      }
      case 'up':
        from.enqueue({ kind: 'peerUp', peer: output.peer, address: addressOf(output.peer) });
        return;
      case 'closed':
        from.enqueue({ kind: 'peerClosed', peer: output.peer });
        return;
      case 'notReached': {
        const { address } = output;
        from.enqueue({ kind: 'peerNotReached', peer: output.peer, address, why: 'not reached' });
        return;
      }
      case 'unreachable':
        from.enqueue({ kind: 'peerUnreachable', peer: output.peer });
        return;
      case 'superseded': {
        const { incarnation } = output;
        from.enqueue({ kind: 'peerSuperseded', peer: output.peer, incarnation });
        return;
      }
    }
  }

  /** The dialling end closes a link; the other end's kernel is told. */
  #close(link: Link): void {
    const stood = link.state === 'open';
    this.#forget(link);
    if (stood) this.#tellClosed(link.from, this.#alive(link.to));
  }

  /** The dialling end finds a link broken. */
  #end(link: Link): void {
    this.#forget(link);
    const { from, to: peer, attempt } = link;
    this.#step(from, { kind: 'ended', peer, attempt, by: 'others' });
  }

  #forget(link: Link): void {
    link.state = 'closed';
    if (this.#links.get(key(link.from.id, link.to)) === link) {
      this.#links.delete(key(link.from.id, link.to));
    }
  }

  /** The process with this very id, if it runs. */
  #alive(id: DaemonId): PeerProcess | undefined {
    const process = this.#processes.get(hostOf(id));
    return process?.id === id ? process : undefined;
  }

  #isCurrent(link: Link): boolean {
    return link.state !== 'closed' && this.#alive(link.from.id) === link.from;
  }

  #dial(from: PeerProcess, to: DaemonId, attempt: Attempt): void {
    const { time, delays, dialTimeoutMs } = this.#options;
    const deadline = time.now + dialTimeoutMs;
    const link: Link = {
      from,
      to,
      attempt,
      state: 'dialling',
      busyUntil: 0,
      stalledUntil: 0,
      lastArrival: 0,
    };
    this.#links.set(key(from.id, to), link);
    time.after(delays.ordinary(), () => this.#dialArrives(link, deadline));
  }

  #dialArrives(link: Link, deadline: number): void {
    if (!this.#isCurrent(link)) return;
    const { time, delays, reachability, dialTimeoutMs } = this.#options;
    const repeatMs = Math.max(REPEAT_MS, dialTimeoutMs / 50);
    const node = hostOf(link.to);
    const process = this.#processes.get(node);
    const free = reachability.reachesBothWays(link.from.node, node);
    if (!free || process?.isPaused === true) {
      // The first packet is repeated; a stopped process may answer when it goes on.
      if (time.now < deadline) time.after(repeatMs, () => this.#dialArrives(link, deadline));
      else this.#dialFailed(link, 'silence');
      return;
    }
    if (process === undefined) {
      time.after(delays.ordinary(), () => this.#dialFailed(link, 'refusal'));
      return;
    }
    if (process.id === link.to) {
      process.enqueue({ kind: 'peerUp', peer: link.from.id, address: link.from.address });
    }
    time.after(delays.ordinary(), () => this.#dialled(link, process));
  }

  #dialFailed(link: Link, failure: DialFailure): void {
    if (!this.#isCurrent(link)) return;
    this.#forget(link);
    this.#outcome(link, { kind: 'failed', failure });
  }

  #dialled(link: Link, process: PeerProcess): void {
    if (!this.#isCurrent(link)) return;
    if (this.#alive(process.id) !== process) {
      this.#dialFailed(link, 'refusal');
      return;
    }
    const { id } = process;
    if (id === link.to) link.state = 'open';
    else this.#forget(link);
    this.#outcome(link, { kind: 'welcomed', node: nodeOf(id), incarnation: incarnationOf(id) });
  }

  #outcome({ from, to: peer, attempt }: Link, outcome: DialOutcome): void {
    this.#step(from, { kind: 'dialled', peer, attempt, outcome });
  }

  #transmit(link: Link, frame: Uint8Array): void {
    const { time, delays, reachability, counters } = this.#options;
    if (link.state === 'closed') {
      // The other end's kernel knows nothing of it, and says so if it is heard.
      this.#tellEnded(link);
      return;
    }
    const to = hostOf(link.to);
    if (!reachability.reaches(link.from.node, to)) {
      counters.count('messages cut off');
      this.#show(link, frame, { arrivesAt: time.now, isCut: true });
      return;
    }
    const busyUntil =
      Math.max(time.now, link.busyUntil) + delays.transmission(link.from.node, to, frame.length);
    if (busyUntil - time.now > QUEUED_MS_MAX) {
      counters.count('messages refused by a full queue');
      return;
    }
    link.busyUntil = busyUntil;
    const copies = delays.copies();
    counters.count('messages between daemons');
    if (copies.length === 0) counters.count('messages lost');
    if (copies.length > 1) counters.count('messages doubled');
    for (const delay of copies) {
      const earliest = Math.max(busyUntil, link.stalledUntil) + delay;
      const late = delays.isLate(delay);
      const free = late || delays.overtakes();
      const arrival = free ? earliest : Math.max(earliest, link.lastArrival);
      // What is very late holds up nobody: everything overtakes it.
      if (!late) link.lastArrival = Math.max(link.lastArrival, arrival);
      const sentAt = time.now;
      this.#show(link, frame, { arrivesAt: arrival, isCut: false });
      time.at(arrival, () => this.#arrive(link, { frame, sentAt }));
    }
  }

  #show(
    { from, to }: Link,
    frame: Uint8Array,
    how: { readonly arrivesAt: Instant; readonly isCut: boolean },
  ): void {
    const { spectator, time } = this.#options;
    const message = this.#said.get(frame);
    spectator?.({ from: from.node, to: hostOf(to), sentAt: time.now, frame, message, ...how });
  }

  #arrive(link: Link, sent: { readonly frame: Uint8Array; readonly sentAt: Instant }): void {
    const { time, timeline, reachability, counters } = this.#options;
    const node = hostOf(link.to);
    if (!reachability.reaches(link.from.node, node)) {
      counters.count('messages cut off');
      return;
    }
    if (time.now < link.stalledUntil) {
      time.at(link.stalledUntil, () => this.#arrive(link, sent));
      return;
    }
    const process = this.#alive(link.to);
    if (process === undefined) return;
    const peer = this.#known(process, link.from);
    const own = this.#known(process, process);
    const message = process.codecs.decodeDaemonFrame(sent.frame, peer, own);
    if (!message.ok) throw new Error(`undecodable frame of ${link.from.id}: ${message.error}`);
    timeline.add(time.now, node, `< ${link.from.id}`, () => brief(message.value));
    process.enqueue({ kind: 'fromPeer', peer: link.from.id, message: message.value }, sent.sentAt);
  }

  #known(process: PeerProcess, peer: PeerProcess): PeerMemberships {
    const all = this.#memberships.get(process) ?? new Map<PeerProcess, PeerMemberships>();
    this.#memberships.set(process, all);
    const known = all.get(peer) ?? new process.codecs.PeerMemberships(peer.id);
    all.set(peer, known);
    return known;
  }

  /** The dialling end learns that a link is no more, if anything comes through. */
  #tellEnded(link: Link): void {
    const { time, delays, reachability } = this.#options;
    const { from, to: peer, attempt } = link;
    time.after(delays.ordinary(), () => {
      if (!reachability.reaches(hostOf(peer), from.node) || this.#alive(from.id) !== from) return;
      if (this.#links.get(key(from.id, peer)) === link) this.#links.delete(key(from.id, peer));
      this.#step(from, { kind: 'ended', peer, attempt, by: 'others' });
    });
  }

  #tellClosed(by: PeerProcess, other: PeerProcess | undefined): void {
    if (other === undefined) return;
    const { time, delays, reachability } = this.#options;
    time.after(delays.ordinary(), () => {
      // A kernel that cannot be heard says nothing: silence has to be noticed.
      if (!reachability.reaches(by.node, other.node) || this.#alive(other.id) !== other) return;
      other.enqueue({ kind: 'peerClosed', peer: by.id });
    });
  }
}

export interface PeerNetworkOptions {
  readonly time: VirtualTime;
  readonly reachability: Reachability;
  readonly delays: Delays;
  readonly timeline: Timeline;
  readonly counters: Counters;
  readonly dialTimeoutMs: number;
  readonly spectator?: Spectator | undefined;
}

interface Written {
  readonly message: DaemonMessage;
  readonly codecs: Codecs;
  readonly frame: Uint8Array;
}

/** What one daemon sends to another; each direction has a link of its own. */
interface Link {
  readonly from: PeerProcess;
  readonly to: DaemonId;
  /** The attempt of which it came. */
  readonly attempt: Attempt;
  state: 'dialling' | 'open' | 'closed';
  /** Until when its own bytes keep a slow link busy. */
  busyUntil: Instant;
  /** Nothing arrives before, and nobody is told. */
  stalledUntil: Instant;
  lastArrival: Instant;
}

function key(from: DaemonId, to: DaemonId): string {
  return `${from}>${to}`;
}
