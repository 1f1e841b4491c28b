// The process that dials: a socket for each association, and the stream to all of them.

import type { Frame } from '../../src/frame.js';
import {
  Association,
  type CastInput,
  CastStream,
  idOf,
  newCounters,
  Opener,
  type OpenerInput,
  sameBytes,
  typeOf,
} from '../../src/index.js';
import { SimProcess } from './process.js';
import { HIGH_WATER_MARK, SimLink } from './sim-link.js';
import type { Surroundings } from './surroundings.js';

const GIVE_UP_MS = 6_000;

/** One socket: first it opens, then it is a link. */
interface Socket {
  readonly remote: string;
  readonly address: string;
  receive: (bytes: Uint8Array) => void;
  /** The operating system heard that nobody listens at the other end. */
  refused: () => void;
}

export class SimDialler extends SimProcess {
  readonly counters = newCounters();
  readonly budget = { bytes: 0 };
  readonly stream: CastStream | undefined;
  readonly #run: Surroundings;
  readonly #sockets = new Map<string, Socket>();
  readonly #castTimer = { at: Number.POSITIVE_INFINITY };

  constructor(run: Surroundings) {
    super(run.world);
    this.#run = run;
    const { plan } = run;
    if (!plan.multicast) return;
    const { datagramBytes } = plan;
    const id = run.newId();
    this.stream = new CastStream({ id, datagramBytes, counters: this.counters });
  }

  /** Opens an association from this port. */
  dial(address: string, remote: string): void {
    const { plan } = this.#run;
    const id = this.#run.newId();
    const opener = new Opener({
      id,
      stream: this.stream?.id,
      window: plan.window,
      counters: this.counters,
    });
    const timer = { at: Number.POSITIVE_INFINITY };
    const socket: Socket = { remote, address, receive: () => {}, refused: () => {} };
    const step = (input: OpenerInput): void => {
      for (const output of opener.step(input, this.clock)) {
        if (output.kind === 'transmit') this.#transmit(socket, output.datagram);
        else if (output.kind === 'accepted') this.#begin(socket, id, output.window);
      }
      this.remind(timer, opener.deadline(), () => step({ kind: 'deadlineReached' }));
    };
    socket.receive = (bytes) => step({ kind: 'datagram', bytes });
    this.#sockets.set(remote, socket);
    step({ kind: 'open' });
    this.world.at(this.world.now + GIVE_UP_MS, () => step({ kind: 'stop' }));
  }

  receive(remote: string, bytes: Uint8Array): void {
    this.run(() => this.#sockets.get(remote)?.receive(bytes));
  }

  /** Sends to several links as one, where all of them hear it. */
  cast(links: readonly SimLink[], frame: Frame): void {
    const { stream } = this;
    if (stream === undefined || !this.isAlive) return;
    const ids = links.map(({ id }) => id);
    this.#castStep({ kind: 'send', ids, frame });
    this.#castStep({ kind: 'flush' });
  }

  #castStep(input: CastInput): void {
    const { stream } = this;
    if (stream === undefined || !this.isAlive) return;
    for (const { datagram } of stream.step(input, this.clock)) this.#run.castOut(datagram);
    this.remind(this.#castTimer, stream.deadline(), () =>
      this.#castStep({ kind: 'deadlineReached' }),
    );
  }

  #begin(socket: Socket, id: Uint8Array, window: number): void {
    const { plan } = this.#run;
    const { stream } = this;
    const link: SimLink = new SimLink({
      id,
      side: 'dialler',
      process: this,
      association: new Association({
        id,
        datagramBytes: plan.datagramBytes,
        frameLimit: 64 * 1024,
        highWaterMark: HIGH_WATER_MARK,
        echoEveryBytes: plan.window / 4,
        budget: this.budget,
        counters: this.counters,
        stream,
      }),
      transmit: (datagram) => this.#transmit(socket, datagram),
      gone: () => {
        this.#castStep({ kind: 'left' });
        socket.receive = () => {};
        socket.refused = () => {};
        if (this.#sockets.get(socket.remote) === socket) this.#sockets.delete(socket.remote);
        this.#run.over(link, socket.address);
      },
      handed: this.#run.handed,
    });
    // A socket that is connected hears its peer alone, and an id that is not its own is not for it.
    socket.receive = (bytes) => {
      const isOurs = typeOf(bytes) !== undefined && sameBytes(idOf(bytes), id);
      if (isOurs) link.step({ kind: 'datagram', bytes });
    };
    socket.refused = () => link.step({ kind: 'broken', what: 'nobody listens there any more' });
    this.#run.stands(link);
    this.#castStep({ kind: 'joined' });
    link.step({ kind: 'begin', window });
  }

  #transmit(socket: Socket, datagram: Uint8Array): void {
    const { network, listeners, plan } = this.#run;
    network.carry('there', datagram, (bytes) => {
      const listener = listeners.get(socket.address);
      if (listener?.isAlive === true) listener.receive(socket.remote, bytes);
      else if (plan.tellsRefusals) this.run(() => socket.refused());
    });
  }
}
