import assert from 'node:assert/strict';

import type {
  CloseReason,
  Link,
  LinkHandlers,
  LinkOptions,
  Listener,
  Transport,
} from '../contract.js';
import { TransportError, type TransportErrorCode } from '../errors.js';

/** What the suite needs of an implementation. */
export interface ComplianceSubject {
  /** Two parties; one transport may be both. */
  readonly here: Transport;
  readonly there: Transport;
  /** Each time another address at which nobody listens yet. */
  readonly freshAddress: () => string;
}

/** Adds one thing that a transport has to do. It is handed a subject of its own. */
export type Declare = (name: string, run: (subject: ComplianceSubject) => Promise<void>) => void;

/** A subject whose listeners and links can be ended after a test, whatever it left behind. */
export interface TrackedSubject extends ComplianceSubject {
  readonly end: () => Promise<void>;
}

export function track({ here, there, freshAddress }: ComplianceSubject): TrackedSubject {
  const listeners: Listener[] = [];
  const links: Link[] = [];
  const wrap = (transport: Transport): Transport => ({
    scheme: transport.scheme,
    addressForm: transport.addressForm,
    addressProblem: (address) => transport.addressProblem(address),
    delivery: transport.delivery,
    privacy: transport.privacy,
    listen: async (address, onLink, options) => {
      const onTrackedLink = (link: Link): LinkHandlers => {
        links.push(link);
        return onLink(link);
      };
      const listener = await transport.listen(address, onTrackedLink, options);
      listeners.push(listener);
      return listener;
    },
    dial: async (address, handlers, options) => {
      const link = await transport.dial(address, handlers, options);
      links.push(link);
      return link;
    },
  });
  const end = async (): Promise<void> => {
    for (const listener of listeners) await listener.close();
    for (const link of links) link.abort();
  };
  return { here: wrap(here), there: wrap(there), freshAddress, end };
}

/** Keeps what a link told it, and lets a test wait for it. */
export class Recorder implements LinkHandlers {
  readonly frames: Uint8Array[] = [];
  readonly reasons: CloseReason[] = [];
  drainCount = 0;
  /** Frames that were handed over after the link had closed. */
  lateCount = 0;
  /** Called on every frame, after it was recorded. */
  react: (link: Link, frame: Uint8Array) => void = () => {};
  readonly #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  onFrame(link: Link, frame: Uint8Array): void {
    if (this.reasons.length > 0) this.lateCount += 1;
    this.frames.push(frame);
    this.react(link, frame);
    this.#check();
  }

  onDrain(): void {
    this.drainCount += 1;
    this.#check();
  }

  onClose(_link: Link, reason: CloseReason): void {
    this.reasons.push(reason);
    this.#check();
  }

  /** Resolves as soon as the condition holds after something was recorded. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  async framesReach(count: number): Promise<readonly Uint8Array[]> {
    await this.until(() => this.frames.length >= count);
    return this.frames;
  }

  async closed(): Promise<CloseReason> {
    await this.until(() => this.reasons.length > 0);
    return this.reasons[0] ?? { kind: 'closed' };
  }

  #check(): void {
    for (const one of this.#waiting) if (one.holds()) one.resolve();
  }
}

const GREETING = Uint8Array.of(1);

/** Both ends of a link, the dialled one `near` and the accepted one `far`. */
export interface Pair {
  readonly near: Link;
  readonly nearEvents: Recorder;
  readonly far: Link;
  readonly farEvents: Recorder;
  readonly listener: Listener;
}

/** Listens, dials, and waits until both ends stand. */
export async function connectPair(
  subject: ComplianceSubject,
  options: { readonly near?: LinkOptions; readonly far?: LinkOptions } = {},
): Promise<Pair> {
  const nearEvents = new Recorder();
  const farEvents = new Recorder();
  const accepted: Link[] = [];
  const listener = await subject.there.listen(
    subject.freshAddress(),
    (link) => {
      accepted.push(link);
      // The first frame says that the link stands at both ends; it is not for the test.
      link.send({ head: GREETING });
      return farEvents;
    },
    options.far,
  );
  const near = await subject.here.dial(listener.address, nearEvents, options.near);
  await nearEvents.framesReach(1);
  nearEvents.frames.length = 0;
  const [far] = accepted;
  if (far === undefined) throw new Error('the link was accepted before its first frame arrived');
  return { near, nearEvents, far, farEvents, listener };
}

/** The error with which it was rejected, which has to be one of these. */
export async function rejected(
  promise: Promise<unknown>,
  ...codes: readonly TransportErrorCode[]
): Promise<TransportError> {
  const error = await promise.then(
    () => assert.fail(`it came about, and had to be rejected as ${codes.join(' or ')}`),
    (why: unknown) => why,
  );
  assert.ok(error instanceof TransportError, `no TransportError: ${String(error)}`);
  assert.ok(codes.includes(error.code), `rejected as ${error.code}, not as ${codes.join(' or ')}`);
  return error;
}

/** Lets everything that is already on its way in this process happen. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

const KIB = 1024;
/** Lengths of frames around everything that an implementation could count in. */
export const SIZES: readonly number[] = [
  ...[1, 2, 3, 4, 5, 255, 256, 257, 4 * KIB, 16 * KIB - 4, 16 * KIB, 16 * KIB + 1],
  ...[64 * KIB - 5, 64 * KIB - 4, 64 * KIB, 64 * KIB + 1, KIB * KIB, 2 * KIB * KIB],
];

/** A frame whose content shows where it came from: a counter and a pattern. */
export function numbered(number: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1) frame[at] = (number * 31 + at) & 0xff;
  return frame;
}

/** Byte equality that stays quick for megabytes. */
export function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}

/** Enough for anything that an implementation would wrongly do after it reported the end. */
const TURNS_AFTER_CLOSE = 20;

/** Both ends are told once that the link is closed, and then nothing more. */
export async function quietEnd({ nearEvents, farEvents }: Pair): Promise<void> {
  await Promise.all([nearEvents.closed(), farEvents.closed()]);
  await turns(TURNS_AFTER_CLOSE);
  for (const events of [nearEvents, farEvents]) {
    assert.equal(events.reasons.length, 1);
    assert.equal(events.lateCount, 0);
  }
}
