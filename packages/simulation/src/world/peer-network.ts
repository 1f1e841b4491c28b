import { type DaemonId, type Instant, incarnationOf } from '@group-services/core';
import type { VirtualTime } from '@group-services/testkit';
import {
  type DaemonMessage,
  decodeDaemonFrame,
  encodeDaemonFrame,
  joinFrame,
  PeerMemberships,
} from '@group-services/wire';
import type { Counters } from '../counters.js';
import { hostOf } from '../hosts.js';
import type { Reachability } from '../reachability.js';
import { brief, type Timeline } from '../timeline.js';
import type { Delays } from './delays.js';

/**
 * What lies between daemons. Messages are lost, doubled, late and out of order like datagrams, since
 * the metagroup layer claims to need nothing better; beside it there is what a kernel tells about
 * links: handshakes, closed links, refused dials. Links may be slow or stall; one end may forget a link.
 */
export class PeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #processes = new Map<string, PeerProcess>();
  readonly #links = new Map<string, Link>();
  readonly #memberships = new WeakMap<PeerProcess, PeerMemberships>();
  #written: { readonly message: DaemonMessage; readonly frame: Uint8Array } | undefined;

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
        this.#forget(link);
        this.#tellClosed(process, link.from);
      }
    }
  }

  send(from: PeerProcess, to: DaemonId, message: DaemonMessage): void {
    const frame = this.#encode(message);
    this.#options.timeline.addBytes(frame);
    const link = this.#link(from, to);
    if (link.state === 'open') this.#transmit(link, frame);
    else if (link.waiting.length < WAITING_MAX) link.waiting.push(frame);
  }

  /** What goes to several is written once. */
  #encode(message: DaemonMessage): Uint8Array {
    if (this.#written?.message !== message) {
      this.#written = { message, frame: joinFrame(encodeDaemonFrame(message)) };
    }
    return this.#written.frame;
  }

  /** Dials anew to see whether the peer answers. */
  probe(from: PeerProcess, to: DaemonId): void {
    const link = this.#link(from, to);
    const dialling = link.state === 'dialling';
    link.probed = true;
    if (!dialling) {
      link.state = 'dialling';
      this.#dial(link);
    }
  }

  /** Closes both directions from this end. */
  drop(from: PeerProcess, to: DaemonId): void {
    for (const link of [this.#links.get(key(from.id, to)), this.#links.get(key(to, from.id))]) {
      if (link === undefined) continue;
      this.#forget(link);
      this.#tellClosed(from, this.#alive(to));
    }
  }

  /** Something in between breaks a link although both processes live. */
  resetOne(choose: (count: number) => number): void {
    const link = this.#pick(choose);
    if (link === undefined) return;
    this.#forget(link);
    const other = this.#alive(link.to);
    link.from.enqueue({ kind: 'peerClosed', peer: link.to });
    other?.enqueue({ kind: 'peerClosed', peer: link.from.id });
  }

  /** One end forgets a link and the other is not told: it goes on sending to nobody. */
  forgetOne(choose: (count: number) => number): void {
    const link = this.#pick(choose);
    if (link === undefined) return;
    this.#forget(link);
    link.from.enqueue({ kind: 'peerClosed', peer: link.to });
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

  #link(from: PeerProcess, to: DaemonId): Link {
    const known = this.#links.get(key(from.id, to));
    if (known !== undefined) return known;
    const link: Link = {
      from,
      to,
      state: 'dialling',
      probed: false,
      waiting: [],
      busyUntil: 0,
      stalledUntil: 0,
      lastArrival: 0,
    };
    this.#links.set(key(from.id, to), link);
    this.#dial(link);
    return link;
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

  #dial(link: Link): void {
    const { time, delays, dialTimeoutMs } = this.#options;
    const deadline = time.now + dialTimeoutMs;
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
      else this.#dialFailed(link);
      return;
    }
    if (process === undefined || incarnationOf(process.id) < incarnationOf(link.to)) {
      time.after(delays.ordinary(), () => this.#dialFailed(link));
      return;
    }
    if (process.id !== link.to) {
      time.after(delays.ordinary(), () => this.#superseded(link, process.id));
      return;
    }
    process.enqueue({ kind: 'peerUp', peer: link.from.id, address: link.from.address });
    time.after(delays.ordinary(), () => this.#dialled(link, process));
  }

  #dialFailed(link: Link): void {
    if (!this.#isCurrent(link)) return;
    this.#forget(link);
    if (link.probed) link.from.enqueue({ kind: 'peerUnreachable', peer: link.to });
  }

  #superseded(link: Link, by: DaemonId): void {
    if (!this.#isCurrent(link)) return;
    this.#forget(link);
    const incarnation = incarnationOf(by);
    link.from.enqueue({ kind: 'peerSuperseded', peer: link.to, incarnation });
  }

  #dialled(link: Link, process: PeerProcess): void {
    if (!this.#isCurrent(link)) return;
    if (this.#alive(process.id) !== process) {
      this.#dialFailed(link);
      return;
    }
    link.state = 'open';
    link.probed = false;
    link.from.enqueue({ kind: 'peerUp', peer: process.id, address: process.address });
    for (const frame of link.waiting.splice(0)) this.#transmit(link, frame);
  }

  #transmit(link: Link, frame: Uint8Array): void {
    const { time, delays, reachability, counters } = this.#options;
    if (!reachability.reaches(link.from.node, hostOf(link.to))) {
      counters.count('messages cut off');
      return;
    }
    const to = hostOf(link.to);
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
      time.at(arrival, () => this.#arrive(link, { frame, sentAt }));
    }
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
    const peer = this.#known(link.from);
    const message = decodeDaemonFrame(sent.frame, peer, this.#known(process));
    if (!message.ok) throw new Error(`undecodable frame of ${link.from.id}: ${message.error}`);
    timeline.add(time.now, node, `< ${link.from.id}`, () => brief(message.value));
    process.enqueue({ kind: 'fromPeer', peer: link.from.id, message: message.value }, sent.sentAt);
  }

  #known(process: PeerProcess): PeerMemberships {
    let known = this.#memberships.get(process);
    if (known === undefined) {
      known = new PeerMemberships(process.id);
      this.#memberships.set(process, known);
    }
    return known;
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

/** What the network tells a daemon: the part of the daemon engine's inputs that is about peers. */
export type PeerInput =
  | { readonly kind: 'fromPeer'; readonly peer: DaemonId; readonly message: DaemonMessage }
  | { readonly kind: 'peerUp'; readonly peer: DaemonId; readonly address: string }
  | { readonly kind: 'peerClosed'; readonly peer: DaemonId }
  | { readonly kind: 'peerUnreachable'; readonly peer: DaemonId }
  | { readonly kind: 'peerSuperseded'; readonly peer: DaemonId; readonly incarnation: number };

/** One running daemon as its peers' kernels see it. */
export interface PeerProcess {
  readonly id: DaemonId;
  readonly address: string;
  readonly node: string;
  /** It is stopped: its kernel accepts, but nobody answers. */
  readonly isPaused: boolean;
  /** `sentAt`: when another daemon said it; absent: the kernel says it. */
  enqueue(input: PeerInput, sentAt?: Instant): void;
}

export interface PeerNetworkOptions {
  readonly time: VirtualTime;
  readonly reachability: Reachability;
  readonly delays: Delays;
  readonly timeline: Timeline;
  readonly counters: Counters;
  readonly dialTimeoutMs: number;
}

/** What one daemon sends to another; each direction has a link of its own. */
interface Link {
  readonly from: PeerProcess;
  readonly to: DaemonId;
  state: 'dialling' | 'open' | 'closed';
  /** Somebody waits for the outcome. */
  probed: boolean;
  readonly waiting: Uint8Array[];
  /** Until when its own bytes keep a slow link busy. */
  busyUntil: Instant;
  /** Nothing arrives before, and nobody is told. */
  stalledUntil: Instant;
  lastArrival: Instant;
}

const WAITING_MAX = 1000;
const REPEAT_MS = 20;
/** What a slow link would have to carry for longer than this no longer fits into its queue. */
const QUEUED_MS_MAX = 2_000;

function key(from: DaemonId, to: DaemonId): string {
  return `${from}>${to}`;
}
