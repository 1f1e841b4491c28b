import {
  addressFormat,
  type CloseReason,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type OutgoingFrame,
  type Transport,
  TransportError,
} from '@group-services/transport';
import {
  decodeFromClient,
  encodeHandshake,
  isKeepAlive,
  joinFrame,
  LIMITS,
  WIRE_VERSION,
} from '@group-services/wire';
import { brief } from '../timeline.js';
import type { DaemonNode } from '../world/daemon-node.js';
import type { ClientConnection } from '../world/local-clients.js';
import type { Shared } from '../world/shared.js';
import { LibraryProcess } from './library-process.js';

const addresses = addressFormat('sim://node', (node) =>
  node === '' ? 'a node must follow sim://' : { node },
);

/** What the client library looks for when it connects (`client/src/connection/lent-transports.ts`). */
const LENT = Symbol.for('@group-services/transports');

/** Lets `connect()` reach the daemons of a simulated domain; gives back what ends that. */
export function lendTransport(transport: Transport): () => void {
  const lending = globalThis as { [LENT]?: readonly Transport[] };
  const before = lending[LENT];
  lending[LENT] = [...(before ?? []), transport];
  return () => {
    if (before === undefined) delete lending[LENT];
    else lending[LENT] = before;
  };
}

/** The way of processes to the simulated daemon of their node, at `sim://NODE`. */
export function processTransport(shared: Shared, nodes: readonly DaemonNode[]): Transport {
  let dialled = 0;
  return {
    ...addresses,
    delivery: 'stream',
    listen: () => Promise.reject(new Error('simulated processes only connect')),
    dial: (address, handlers, options = {}) => {
      const { node: name } = addresses.partsOf(address);
      const node = nodes.find(({ node: each }) => each === name);
      const process = LibraryProcess.present();
      if (node === undefined || process === undefined) {
        const message = `cannot connect to ${address}: there is no such node, or no process`;
        return Promise.reject(new TransportError('bad-address', address, { message }));
      }
      dialled += 1;
      const label = `${process.name}.${dialled}`;
      return new Promise((resolve, reject) => {
        const { time, delays } = shared;
        const dial = (): void => {
          if (options.signal?.aborted) return reject(gaveUp(address, options));
          const link = new ProcessLink(shared, { process, label, address, node, handlers });
          if (link.connect(node)) resolve(link);
          else reject(refused(address));
        };
        time.after(delays.ordinary(), () => process.perform(dial));
      });
    },
  };
}

function refused(address: string): TransportError {
  const message = `cannot connect to ${address}: nobody listens there`;
  return new TransportError('refused', address, { message });
}

function gaveUp(address: string, { signal }: DialOptions): TransportError {
  const message = `gave up connecting to ${address}`;
  return new TransportError('aborted', address, { message, cause: signal?.reason });
}

interface LinkParts {
  readonly process: LibraryProcess;
  readonly label: string;
  readonly address: string;
  readonly node: DaemonNode;
  readonly handlers: LinkHandlers;
}

/** One connection, from the greeting on. */
class ProcessLink implements Link {
  readonly local: string;
  readonly remote: string;
  readonly bufferedBytes = 0;
  readonly #shared: Shared;
  readonly #parts: LinkParts;
  #connection: ClientConnection | undefined;
  #greeted = false;
  #received = 0;
  #closed = false;

  constructor(shared: Shared, parts: LinkParts) {
    this.#shared = shared;
    this.#parts = parts;
    this.local = parts.label;
    this.remote = parts.address;
  }

  get receivedBytes(): number {
    return this.#received;
  }

  /** Whether a daemon runs there. */
  connect(node: DaemonNode): boolean {
    const { process, label } = this.#parts;
    this.#connection = node.connect({
      label,
      received: (_message, frame) => this.#perform(() => this.#hand(frame)),
      alive: (frame) => this.#perform(() => this.#hand(frame)),
      closed: () => this.#perform(() => this.#end({ kind: 'ended' })),
    });
    if (this.#connection === undefined) return false;
    process.links.add(this);
    return true;
  }

  send(frame: OutgoingFrame): boolean {
    if (this.#closed) return false;
    const bytes = joinFrame(frame);
    if (this.#greeted) this.#say(bytes);
    else this.#greet();
    return true;
  }

  pause(): void {
    this.#connection?.setReading('off');
  }

  resume(): void {
    this.#connection?.setReading('on');
  }

  setFrameLimit(): void {}

  close(): void {
    if (this.#closed) return;
    this.hangUp();
    const { handlers } = this.#parts;
    const reason: CloseReason = { kind: 'closed' };
    this.#shared.time.after(0, () => this.#perform(() => handlers.onClose(this, reason)));
  }

  closeWith(last: OutgoingFrame): void {
    this.send(last);
    this.close();
  }

  abort(): void {
    this.close();
  }

  break(): void {
    if (this.#closed) return;
    const { handlers } = this.#parts;
    this.hangUp();
    this.#perform(() => handlers.onClose(this, { kind: 'ended' }));
  }

  /** Handshakes are not simulated: a daemon that runs welcomes everybody. */
  #greet(): void {
    this.#greeted = true;
    const { node } = this.#parts;
    const { time, delays, profile } = this.#shared;
    const id = node.id;
    const welcome = (): void => {
      // A daemon that stands still greets when it goes on; one that has ended greets nobody.
      if (node.id !== id) return;
      if (node.isPaused) time.after(profile.timing.heartbeatMs, welcome);
      else this.#perform(() => this.#hand(this.#welcome()));
    };
    time.after(2 * delays.ordinary(), welcome);
  }

  #welcome(): Uint8Array {
    const { node } = this.#parts;
    return joinFrame(
      encodeHandshake({
        kind: 'welcome',
        wire: WIRE_VERSION.max,
        node: node.node,
        incarnation: 1,
        features: [],
        limits: {
          stateValue: LIMITS.stateValue,
          message: LIMITS.message,
          attributeValue: LIMITS.attributeValue,
          reason: LIMITS.reason,
          membershipsPerProcess: LIMITS.membershipsPerProcess,
        },
      }),
    );
  }

  #say(bytes: Uint8Array): void {
    const { label } = this.#parts;
    const { time, timeline, handles } = this.#shared;
    if (!isKeepAlive(bytes)) {
      const decoded = decodeFromClient(bytes);
      if (!decoded.ok) throw new Error(`the library says what is no frame: ${decoded.error}`);
      timeline.add(time.now, label, 'says', () => brief(decoded.value));
      handles.said(label, decoded.value, time.now);
    }
    this.#connection?.send(bytes);
  }

  #hand(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#received += frame.length;
    this.#parts.handlers.onFrame(this, frame);
  }

  #end(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.process.links.delete(this);
    this.#parts.handlers.onClose(this, reason);
  }

  /** Its kernel closes it. */
  hangUp(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { process, label } = this.#parts;
    const { time, timeline, handles } = this.#shared;
    process.links.delete(this);
    timeline.add(time.now, label, 'closes its connection');
    this.#connection?.close();
    handles.disconnected(label, time.now);
  }

  #perform(task: () => void): void {
    this.#parts.process.perform(task);
  }
}
