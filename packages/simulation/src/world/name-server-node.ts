import { type DaemonId, Driver, type Instant, incarnationOf, nodeOf } from '@group-services/core';
import {
  leastSilence,
  type NameServerInput,
  type NameServerOptions,
  type NameServerOutput,
  Table,
  type TableRecord,
} from '@group-services/name-server';
import { VirtualHost } from '@group-services/testkit';
import { type Entry, type FromNameServer, joinFrame } from '@group-services/wire';
import { minorOf } from '../profile/releases.js';
import { brief } from '../timeline.js';
import { Burden, burdened } from './burden.js';
import { type Codecs, TODAY } from './codecs.js';
import type { NameServerUnderTest } from './engines.js';
import { NAME_SERVER, type Shared } from './shared.js';
import { Stream, type StreamEnd } from './stream.js';
import { WallClock } from './wall-clock.js';

/** The name server's process: starts, connections, its journal, crashes. */
export class NameServerNode {
  readonly wallClock: WallClock;
  readonly burden = new Burden();
  readonly #shared: Shared;
  readonly #journal: TableRecord[] = [];
  /** Directories so far; each has a name of its own. */
  #directories = 1;
  #lastEpoch = 0;
  #starts = 0;
  #run: Run | undefined;
  /** Outputs that are still performed before a crash that was ordered. */
  #crashAfter: number | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.wallClock = new WallClock(shared.time);
  }

  get isUp(): boolean {
    return this.#run !== undefined;
  }

  /** What must be back at its base when nothing goes on. */
  sampleAtRest(): void {
    const run = this.#run;
    if (run === undefined) return;
    const { time, witnesses, profile } = this.#shared;
    const { pendingClaims, waitingLookups, groups, nodes } = run.engine.inspect(run.host.now());
    const show = (what: string, value: number, bound: number): void =>
      witnesses.sample({ at: time.now, daemon: NAME_SERVER, what, value, bound });
    show('pending claims at rest', pendingClaims, 0);
    show('waiting look-ups at rest', waitingLookups, 0);
    show('groups at rest', groups.length, profile.groups);
    show('nodes at rest', nodes.length, profile.daemons);
  }

  /** What operators see of it. */
  get table(): ReturnType<NameServerUnderTest['inspect']> | undefined {
    return this.#run?.engine.inspect(this.#run.host.now());
  }

  /** What it knows of every group. */
  get entries(): readonly Entry[] {
    return this.table?.groups ?? [];
  }

  start(): void {
    if (this.#run !== undefined) return;
    const { time, profile, engines, rng, timeline } = this.#shared;
    const wall = this.wallClock.now();
    const file = profile.store === 'file';
    const restored = file ? Table.restore(undefined, this.#journal) : undefined;
    const epoch = Math.max(wall === this.#lastEpoch ? wall + 1 : wall, (restored?.epoch ?? 0) + 1);
    const host = new VirtualHost(time, { startsAt: rng.between(0, 1_000_000) });
    const store = file ? `disk ${this.#directories}` : `memory ${epoch}`;
    const silenceMs = leastSilence(profile.timing.leaseMs);
    this.#starts += 1;
    const minor = minorOf(profile.releases, 0, this.#starts);
    const options: NameServerOptions = {
      epoch,
      domain: 'simulated',
      leaseMs: profile.timing.leaseMs,
      store,
      // A domain that begins has nothing to recover.
      fresh: file && this.#lastEpoch === 0,
      ...(profile.names === 'ephemeral' && { recoveryWindowMs: silenceMs }),
      leaderRecovery: profile.leaderRecovery,
      isolation: profile.isolation,
      anewAfterMs: silenceMs,
      limits: { pieceBytes: profile.limits.pieceBytes },
      restored,
    };
    const engine = engines.nameServer(options, minor);
    timeline.add(time.now, NAME_SERVER, `starts with epoch ${epoch}`);
    const streams = new Map<DaemonId, Stream>();
    const driver = new Driver<NameServerInput, NameServerOutput>({
      engine: burdened(engine, host, { burden: this.burden }),
      host,
      perform: (output) => this.#perform(run, output),
      inputsPerTurnMax: profile.load === undefined ? undefined : 1,
    });
    this.#lastEpoch = epoch;
    const codecs = engines.codecs?.(minor) ?? TODAY;
    const run: Run = { host, engine, driver, epoch, store, streams, codecs, knocking: new Set() };
    // As in the program: the start is noted before anybody is heard.
    driver.enqueue({ kind: 'deadlineReached' });
    this.#run = run;
    this.#crashAfter = undefined;
  }

  /** While it is down, its directory is lost: it will find a new one. */
  loseStore(): void {
    if (this.#run !== undefined) return;
    this.#shared.timeline.add(this.#shared.time.now, NAME_SERVER, 'loses its store');
    this.#journal.length = 0;
    this.#directories += 1;
  }

  /** While it is down, its directory comes back from a copy that lacks so many of the last changes. */
  restoreCopy(lacking: number): void {
    if (this.#run !== undefined) return;
    const kept = Math.max(0, this.#journal.length - lacking);
    this.#shared.timeline.add(
      this.#shared.time.now,
      NAME_SERVER,
      `gets a copy with ${kept} changes`,
    );
    this.#journal.length = kept;
    this.#journal.push({ kind: 'doubted' });
  }

  crash(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#shared.timeline.add(this.#shared.time.now, NAME_SERVER, 'crashes');
    run.host.kill();
    run.driver.stop();
    for (const stream of run.streams.values()) stream.close(1);
    for (const knocking of [...run.knocking]) settle(run, knocking, 'not answered');
  }

  /** Crashes in the middle of what it does next. */
  crashAfterOutputs(count: number): void {
    if (this.#run !== undefined) this.#crashAfter = count;
  }

  pause(): void {
    if (this.#shared.profile.sleeps) this.#run?.host.sleep();
    else this.#run?.host.pause();
  }

  resume(): void {
    this.#run?.host.resume();
  }

  /** Nothing moves on one connection for so long, and nobody is told. */
  stallOne(choose: (count: number) => number, forMs: number): void {
    const streams = [...(this.#run?.streams.values() ?? [])];
    streams[choose(streams.length)]?.stall(forMs);
  }

  /**
   * Its answers to a daemon come late, some of them just before the end of what the daemon may count on;
   * and it hears nothing of that daemon any more, until there is a new connection.
   */
  answerLate(daemon: DaemonId): void {
    const stream = this.#run?.streams.get(daemon);
    const { leaseMs } = this.#shared.profile.timing;
    stream?.hold(0, LATE_ANSWER * leaseMs);
    // Long enough for a renewal to be heard, whose answer is then held.
    this.#shared.time.after(LAST_HEARD * leaseMs, () => stream?.hold(1, 2 * leaseMs));
  }

  /** One end of a connection is closed without a word to the other. */
  halfCloseOne(choose: (count: number) => number): void {
    const streams = [...(this.#run?.streams.values() ?? [])];
    streams[choose(streams.length)]?.vanish(choose(2) === 0 ? 0 : 1);
  }

  /** An operator gives a dead daemon's node up, through any daemon; true when that is done. */
  forget(dead: DaemonId): boolean {
    const run = this.#run;
    if (run === undefined || run.host.isPaused) return false;
    const node = nodeOf(dead);
    if (run.engine.incarnationOf(node) !== incarnationOf(dead)) return true;
    const [from] = run.streams.keys();
    const message = { kind: 'forget' as const, number: 0, node };
    if (from !== undefined) run.driver.enqueue({ kind: 'received', from, message });
    return false;
  }

  breakOne(choose: (count: number) => number): void {
    const streams = [...(this.#run?.streams.values() ?? [])];
    streams[choose(streams.length)]?.reset();
  }

  /**
   * A handshake with a daemon, which is told the outcome: the stream, undefined when nobody answers, or the
   * incarnation of a newer daemon of its node, because of which it is refused.
   */
  accept(client: NameServerClient, answered: (answer: Stream | number | undefined) => void): void {
    const run = this.#run;
    if (run === undefined || run.host.isPaused) return answered(undefined);
    const floor = run.engine.incarnationOf(nodeOf(client.id));
    if (floor > incarnationOf(client.id)) return answered(floor);
    // Where no node has two daemons nobody's name is held, and asking for it would only take time.
    if (this.#shared.profile.seconds === undefined) return answered(this.#taken(run, client));
    const { id: daemon, address } = client;
    this.knock({ daemon, address }, (outcome) => {
      const isTaken = outcome === 'admitted' && this.#run === run && !client.isGone();
      answered(isTaken ? this.#taken(run, client) : undefined);
    });
  }

  /** A daemon asks to be taken. */
  knock(
    { daemon, address }: Pick<Knocking, 'daemon' | 'address'>,
    settled: (outcome: KnockOutcome) => void,
  ): void {
    const run = this.#run;
    if (run === undefined) return settled('not answered');
    const { time } = this.#shared;
    const knocking: Knocking = { daemon, address, settled };
    run.knocking.add(knocking);
    time.after(HANDSHAKE_MS, () => settle(run, knocking, 'not answered'));
    run.driver.enqueue({ kind: 'knocked', daemon, address });
  }

  /** One that was admitted is there, and crashes at once. */
  enterAndLeave({ daemon, address }: Pick<Knocking, 'daemon' | 'address'>): void {
    this.#run?.driver.enqueue({ kind: 'connected', daemon, address });
    this.#run?.driver.enqueue({ kind: 'disconnected', daemon });
  }

  #taken(run: Run, client: NameServerClient): Stream {
    const { time, reachability, delays, profile, spectator } = this.#shared;
    run.streams.get(client.id)?.close(1);
    run.streams.delete(client.id);
    const daemonEnd: StreamEnd = {
      place: client.place,
      received: (frame, sentAt) => {
        const decoded = client.codecs.decodeFromNameServer(frame);
        if (!decoded.ok) throw new Error(`undecodable frame of the name server: ${decoded.error}`);
        this.#shared.timeline.add(time.now, client.place, '< ns', () => brief(decoded.value));
        client.received(decoded.value, sentAt);
      },
      closed: () => client.closed(),
    };
    const stream: Stream = new Stream(
      { time, reachability, delays, giveUpMs: profile.timing.leaseMs, spectator },
      [daemonEnd, this.#ownEnd(run, client.id, () => stream)],
    );
    run.streams.set(client.id, stream);
    const ephemeral = profile.names === 'ephemeral';
    const { id: daemon, address } = client;
    const saysThatItLives = run.codecs === TODAY && client.codecs === TODAY;
    run.driver.enqueue({ kind: 'connected', daemon, address, ephemeral, saysThatItLives });
    time.after(delays.ordinary(), () => {
      if (stream.isOpen(0)) client.welcomed(run);
    });
    return stream;
  }

  #ownEnd(run: Run, daemon: DaemonId, stream: () => Stream): StreamEnd {
    return {
      place: NAME_SERVER,
      received: (frame) => {
        const decoded = run.codecs.decodeToNameServer(frame);
        if (!decoded.ok) throw new Error(`undecodable frame of ${daemon}: ${decoded.error}`);
        const { time, timeline } = this.#shared;
        timeline.add(time.now, NAME_SERVER, `< ${daemon}`, () => brief(decoded.value));
        run.driver.enqueue({ kind: 'received', from: daemon, message: decoded.value });
      },
      closed: () => {
        if (run.streams.get(daemon) !== stream()) return;
        run.streams.delete(daemon);
        run.driver.enqueue({ kind: 'disconnected', daemon });
      },
    };
  }

  #perform(run: Run, output: NameServerOutput): void {
    if (this.#run !== run) return;
    if (this.#crashAfter !== undefined) {
      if (this.#crashAfter === 0) {
        this.#shared.counters.count('name server crashed between outputs');
        this.crash();
        return;
      }
      this.#crashAfter -= 1;
    }
    switch (output.kind) {
      case 'send': {
        this.#note(output.message);
        const frame = joinFrame(run.codecs.encodeNameServerMessage(output.message));
        run.streams.get(output.to)?.send(1, frame);
        return;
      }
      case 'persist':
        this.#journal.push(output.record);
        return;
      case 'disconnect': {
        const stream = run.streams.get(output.daemon);
        run.streams.delete(output.daemon);
        stream?.close(1);
        return;
      }
      case 'admitted':
      case 'turnedDown': {
        const outcome = output.kind === 'admitted' ? 'admitted' : 'turned down';
        for (const knocking of [...run.knocking]) {
          if (knocking.daemon === output.daemon) settle(run, knocking, outcome);
        }
        return;
      }
      case 'log':
        this.#log(output);
        return;
      case 'refuseToServe':
        this.#setClockRight(output.text);
        return;
      default:
    }
  }

  /** What its operator does about it, at once. */
  #setClockRight(text: string): void {
    this.#shared.timeline.add(this.#shared.time.now, NAME_SERVER, text);
    this.#shared.counters.count('name server refused to serve');
    this.crash();
    this.wallClock.jump(3_600_000);
    this.start();
  }

  #log({ event, fields }: Extract<NameServerOutput, { kind: 'log' }>): void {
    this.#shared.timeline.add(this.#shared.time.now, NAME_SERVER, event, () => brief(fields));
    this.#shared.counters.count(`ns: ${event}`);
  }

  /** Every entry that leaves the name server is its word on a group. */
  #note(message: FromNameServer): void {
    const { witnesses } = this.#shared;
    if (message.kind === 'renewed') {
      for (const entry of message.entries) witnesses.entry(entry);
    } else if ('entry' in message && message.entry !== null) witnesses.entry(message.entry);
  }
}

/** What a daemon's end of the connection hears. */
export interface NameServerClient {
  readonly id: DaemonId;
  readonly address: string;
  readonly codecs: Codecs;
  readonly place: string;
  /** Its process has ended. */
  isGone(): boolean;
  welcomed(start: {
    readonly epoch: number;
    readonly store: string;
    readonly codecs: Codecs;
  }): void;
  received(message: FromNameServer, sentAt: Instant): void;
  closed(): void;
}

/** One start of the name server. */
interface Run {
  readonly host: VirtualHost;
  readonly engine: NameServerUnderTest;
  readonly driver: Driver<NameServerInput, NameServerOutput>;
  readonly epoch: number;
  readonly store: string;
  readonly streams: Map<DaemonId, Stream>;
  readonly codecs: Codecs;
  /** Who waits to be taken. */
  readonly knocking: Set<Knocking>;
}

/** A daemon that has said HELLO. */
interface Knocking {
  readonly daemon: DaemonId;
  readonly address: string;
  readonly settled: (outcome: KnockOutcome) => void;
}

type KnockOutcome = 'admitted' | 'turned down' | 'not answered';

function settle(run: Run, knocking: Knocking, outcome: KnockOutcome): void {
  if (run.knocking.delete(knocking)) knocking.settled(outcome);
}

/** So long a daemon waits for an answer to its HELLO. */
const HANDSHAKE_MS = 5_000;

/** In leases: how late an answer may be, and for how long questions are heard meanwhile. */
const LATE_ANSWER = 0.9;
const LAST_HEARD = 0.35;
