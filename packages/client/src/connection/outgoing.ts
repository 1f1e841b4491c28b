import type { Link } from '@group-services/transport';
import {
  BundleWriter,
  type EncodedFrame,
  encodeFromClient,
  type FromClient,
  type SendMessage,
} from '@group-services/wire';

/** What all messages of a bundle have in common; the number is that of the first. */
type First = Pick<SendMessage, 'handle' | 'request' | 'safe'>;

/** Frames up to this size are put together in one piece before they are sent. */
const SCRATCH_BYTES = 4 * 1024;

/**
 * What a process says to its daemon, in the order in which it says it.
 *
 * The one-phase messages that are sent in one turn of the event loop are gathered: those of one handle
 * with the same options leave as one bundle, a single one as it is (ADR 0027). Nothing waits for more to
 * come: what was gathered leaves when the turn's promises have run, and before that when something else
 * is said. Payloads are copied, since they belong to the caller, who may change them as soon as the call
 * has returned.
 */
export class Outgoing {
  readonly #link: Link;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  readonly #bundle = new BundleWriter();
  #first: First | undefined;
  #isScheduled = false;

  constructor(link: Link) {
    this.#link = link;
  }

  /**
   * Makes a frame that leaves by itself. What was gathered leaves first: the next encoding overwrites the
   * head of a frame, so none may come between a frame and its leaving.
   */
  encode(message: FromClient): EncodedFrame {
    this.flush();
    return encodeFromClient(message);
  }

  /** A frame of its own, behind the messages that were sent before. */
  send(frame: EncodedFrame): void {
    this.flush();
    this.#write(frame);
  }

  /** A message that may leave with others. */
  gather(message: SendMessage): void {
    const { handle, request, safe, payload } = message;
    const first = this.#first;
    if (first !== undefined) {
      const isNext =
        first.handle === handle &&
        first.safe === safe &&
        first.request + this.#bundle.count === request &&
        this.#bundle.fits(payload.length);
      if (!isNext) this.flush();
    }
    if (!this.#bundle.fits(payload.length)) {
      this.#write(encodeFromClient(message));
      return;
    }
    this.#first ??= { handle, request, safe };
    this.#bundle.add(payload);
    this.#schedule();
  }

  /** Everything that was gathered leaves now. */
  flush(): void {
    const first = this.#first;
    if (first === undefined) return;
    this.#first = undefined;
    const { handle, request, safe } = first;
    if (this.#bundle.count > 1) {
      const { count, content } = this.#bundle.take();
      this.#write(encodeFromClient({ kind: 'bundle', handle, request, safe, count, content }));
    } else {
      const payload = this.#bundle.takeOnly();
      this.#write(encodeFromClient({ kind: 'send', handle, request, safe, payload }));
    }
  }

  /** The connection has ended: nothing leaves any more. */
  drop(): void {
    this.#first = undefined;
    this.#bundle.take();
  }

  /** A link may keep a tail by reference until it is written. */
  #write(frame: EncodedFrame): void {
    const { head, tail } = frame;
    if (tail === undefined) {
      this.#link.send(frame);
      return;
    }
    const bytes = head.length + tail.length;
    if (bytes > SCRATCH_BYTES) {
      this.#link.send({ head, tail: new Uint8Array(tail) });
      return;
    }
    // A head is copied while it is sent, so small payloads need no copy of their own.
    this.#scratch.set(head);
    this.#scratch.set(tail, head.length);
    this.#link.send({ head: this.#scratch.subarray(0, bytes) });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }
}
