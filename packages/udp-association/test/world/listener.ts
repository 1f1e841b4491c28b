// A process that listens: one socket for all associations of those who dial it.
import { readUint32, writeUint32 } from '../../src/bytes.js';
import {
  Association,
  DATAGRAM,
  ID_BYTES,
  keyOf,
  NO_ID,
  newCounters,
  type Opening,
  Reception,
  sameBytes,
  typeOf,
  WINDOW_MAX,
} from '../../src/index.js';
import { SimProcess } from './process.js';
import { HIGH_WATER_MARK, SimLink } from './sim-link.js';
import type { Surroundings } from './surroundings.js';

export class SimListener extends SimProcess {
  readonly address: string;
  readonly counters = newCounters();
  readonly budget = { bytes: 0 };
  readonly reception: Reception<SimLink>;
  readonly #run: Surroundings;
  /** The links by the multicast stream of their peer. */
  readonly #byStream = new Map<string, Set<SimLink>>();

  constructor(run: Surroundings, address: string) {
    super(run.world);
    this.#run = run;
    this.address = address;
    const secret = run.newId();
    this.reception = new Reception({
      window: run.plan.window,
      counters: this.counters,
      cookie: (id, remote) => mixed(secret, id, remote),
    });
  }

  receive(remote: string, bytes: Uint8Array): void {
    this.run(() => this.#onDatagram(remote, bytes));
  }

  /** A datagram that went to the multicast group, or one of its fragments that was asked for again. */
  receiveCast(bytes: Uint8Array): void {
    this.run(() => {
      const type = typeOf(bytes);
      const isCast = type === DATAGRAM.beacon || type === DATAGRAM.castFrames;
      if (isCast || type === DATAGRAM.castFragment) this.#onCast(bytes);
    });
  }

  #onCast(bytes: Uint8Array): void {
    const links = this.#byStream.get(keyOf(bytes.subarray(4, 4 + ID_BYTES)));
    for (const link of [...(links ?? [])]) link.step({ kind: 'cast', bytes });
  }

  #onDatagram(remote: string, bytes: Uint8Array): void {
    if (typeOf(bytes) === DATAGRAM.castFragment) {
      this.#onCast(bytes);
      return;
    }
    const received = this.reception.receive(bytes, remote, this.clock);
    switch (received.kind) {
      case 'none':
        return;
      case 'for':
        received.link.step({ kind: 'datagram', bytes });
        return;
      case 'answer':
        this.#send(received.datagram, remote);
        return;
      case 'accept':
        received.replaced?.step({ kind: 'broken', what: 'the peer has begun anew' });
        this.#accept(received.id, received.opening, remote);
    }
  }

  #accept(id: Uint8Array, { stream, window }: Opening, remote: string): void {
    const { datagramBytes, window: ownWindow } = this.#run.plan;
    const link: SimLink = new SimLink({
      id,
      side: 'listener',
      process: this,
      association: new Association({
        id,
        datagramBytes,
        frameLimit: 64 * 1024,
        highWaterMark: HIGH_WATER_MARK,
        echoEveryBytes: ownWindow / 4,
        budget: this.budget,
        counters: this.counters,
      }),
      transmit: (datagram) => this.#send(datagram, remote),
      gone: () => {
        this.reception.forget(id);
        this.#byStream.get(keyOf(stream))?.delete(link);
      },
      handed: this.#run.handed,
    });
    this.reception.admit(id, remote, link);
    if (!sameBytes(stream, NO_ID)) {
      const links = this.#byStream.get(keyOf(stream)) ?? new Set();
      this.#byStream.set(keyOf(stream), links.add(link));
    }
    this.#send(this.reception.acceptance(id), remote);
    this.#run.stands(link);
    link.step({ kind: 'begin', window: Math.min(window, WINDOW_MAX) });
  }

  #send(datagram: Uint8Array, remote: string): void {
    this.#run.network.carry('back', datagram, (bytes) => this.#run.dialler.receive(remote, bytes));
  }
}

/** Not secure, which a network without enemies does not ask for; another for each secret and address. */
function mixed(secret: Uint8Array, id: Uint8Array, remote: string): Uint8Array {
  let state = 0;
  for (const byte of [...secret, ...id]) state = Math.imul(state ^ byte, 0x01000193);
  for (let at = 0; at < remote.length; at += 1) {
    state = Math.imul(state ^ remote.charCodeAt(at), 0x01000193);
  }
  const cookie = new Uint8Array(ID_BYTES);
  writeUint32(cookie, 0, state);
  writeUint32(cookie, 4, readUint32(id, 0) ^ state);
  return cookie;
}
