import {
  type DaemonId,
  type Instant,
  incarnationOf,
  NEVER,
  type NodeName,
  Rng,
} from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import { NameServerDialling, type NameServerDiallingInput } from '@group-services/dialling';
import {
  type Features,
  type FromNameServer,
  joinFrame,
  type ToNameServer,
} from '@group-services/wire';
import { type Codecs, TODAY } from './codecs.js';
import type { NameServerClient, NameServerNode } from './name-server-node.js';
import { NAME_SERVER, type Shared } from './shared.js';
import type { Stream } from './stream.js';

/** A process that is stopped looks at its timers when it goes on; that is found out so often. */
const STOPPED_POLL_MS = 20;

/** One daemon's connection to the name server: what the engine of dialling decides, done to a stream. */
export class NameServerConnection {
  readonly #shared: Shared;
  readonly #options: NameServerConnectionOptions;
  readonly #dialling: NameServerDialling;
  #stream: Stream | undefined;
  #firesAt: Instant = NEVER;
  #isOver = false;

  constructor(shared: Shared, options: NameServerConnectionOptions) {
    this.#shared = shared;
    this.#options = options;
    // A stream of its own, so that it draws nothing from that of the run.
    const rng = new Rng(incarnationOf(options.id));
    this.#dialling = new NameServerDialling([NAME_SERVER], rng);
  }

  start(): void {
    this.#step({ kind: 'start' });
  }

  send(message: ToNameServer): void {
    const { codecs } = this.#options;
    this.#stream?.send(0, joinFrame(codecs.encodeNameServerMessage(message)));
  }

  /** The process is gone. */
  end(): void {
    this.#isOver = true;
    this.#step({ kind: 'close' });
    this.#stream?.close(0);
  }

  /** `floor`: the incarnation because of which it was refused. */
  #step(input: NameServerDiallingInput, floor?: number): void {
    const { time } = this.#shared;
    for (const output of this.#dialling.step(input, time.now)) {
      switch (output.kind) {
        case 'dial':
          this.#dial();
          break;
        case 'abort':
          this.#stream?.vanish(0);
          break;
        case 'down':
          this.#options.enqueue({ kind: 'nameServerDown' });
          break;
        case 'refused':
          if (floor !== undefined) this.#options.refused(floor);
          break;
        case 'willRetry':
          break;
      }
    }
    this.#remind();
  }

  #remind(): void {
    const { time } = this.#shared;
    const deadline = this.#dialling.deadline();
    if (deadline >= this.#firesAt) return;
    this.#firesAt = deadline;
    const fire = (): void => {
      if (this.#firesAt !== deadline) return;
      if (this.#options.isPaused()) {
        time.after(STOPPED_POLL_MS, fire);
        return;
      }
      this.#firesAt = NEVER;
      this.#step({ kind: 'deadlineReached' });
    };
    time.at(deadline, fire);
  }

  #dial(): void {
    const { time, delays, reachability } = this.#shared;
    const { node, nameServer, isPaused } = this.#options;
    time.after(delays.ordinary(), () => {
      if (this.#isOver) return;
      const free = reachability.reachesBothWays(node, NAME_SERVER) && !isPaused();
      if (free) nameServer.accept(this.#end(), (answer) => this.#answered(answer));
      else this.#answered(undefined);
    });
  }

  #answered(answer: Stream | number | undefined): void {
    if (this.#isOver) return;
    if (answer === undefined) this.#step({ kind: 'failed' });
    else if (typeof answer === 'number') {
      this.#step({ kind: 'failed', refusal: 'superseded' }, answer);
    } else this.#stream = answer;
  }

  #end(): NameServerClient {
    const { timing, isolation, leaderRecovery, byDigest } = this.#shared.profile;
    const { leaseMs } = timing;
    const { id, address, node, codecs, enqueue } = this.#options;
    let up = false;
    let over = false;
    return {
      id,
      address,
      codecs,
      place: node,
      isGone: () => this.#isOver,
      welcomed: ({ epoch, store, codecs: theirs }) => {
        up = true;
        this.#step({ kind: 'welcomed', leaseMs });
        // One of minor 0 has named none.
        const features = new Set(theirs === TODAY ? this.#options.features : []);
        if (!byDigest) features.delete('renew-digest');
        const rules = { leaseMs, isolation, leaderRecovery, features };
        enqueue({ kind: 'nameServerUp', epoch, store, ...rules });
      },
      received: (message, sentAt) => {
        this.#step({ kind: 'heard' });
        enqueue({ kind: 'fromNameServer', message }, sentAt);
        this.#doubled(message, () => over);
      },
      closed: () => {
        over = true;
        this.#stream = undefined;
        this.#step({ kind: up ? 'lost' : 'failed' });
      },
    };
  }

  /** An answer may come again later, since its question was repeated. */
  #doubled(message: FromNameServer, isOver: () => boolean): void {
    const { delays, time, counters } = this.#shared;
    if (!delays.doublesAnswer()) return;
    counters.count('answers of the name server doubled');
    time.after(delays.oneWay(), () => {
      if (!isOver() && !this.#isOver) this.#options.enqueue({ kind: 'fromNameServer', message });
    });
  }
}

export interface NameServerConnectionOptions {
  readonly id: DaemonId;
  readonly node: NodeName;
  readonly address: string;
  readonly codecs: Codecs;
  /** What the daemon knows beyond the first minor. */
  readonly features: Features;
  readonly nameServer: NameServerNode;
  /** The process is stopped: it neither dials nor answers. */
  readonly isPaused: () => boolean;
  /** `sentAt`: when the name server said it. */
  readonly enqueue: (input: DaemonInput, sentAt?: Instant) => void;
  /** The name server knows a newer daemon of this node; its incarnation. */
  readonly refused: (floor: number) => void;
}
