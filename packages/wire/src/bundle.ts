import { ByteReader, ByteWriter } from './bytes.js';
import { LIMITS } from './limits.js';
import type {
  Bundled,
  DeliveredBundle,
  DeliveredMessage,
  SendBundle,
  SendMessage,
} from './provider-messages.js';

/**
 * Several messages of one provider that travel as one (ADR 0027): a process sends what one turn has
 * gathered as one frame, its daemon makes one request of it, the leader places one entry, and every
 * handle is told by one frame.
 *
 * The content is written once and goes all the way as the slice that was received: each payload behind
 * its length in 4 bytes. Where a message matters by itself, a bundle is opened into what it stands for.
 */

const LENGTH_BYTES = 4;

/** Whether the bytes are so many payloads, and no more of them than a bundle may have. */
export function isBundle({ count, content }: Bundled): boolean {
  if (count < 2 || count > LIMITS.bundleMessages || content.length > LIMITS.bundleBytes) {
    return false;
  }
  const reader = new ByteReader(content);
  for (let left = count; left > 0; left -= 1) reader.skipBlob();
  return reader.isComplete;
}

/** What its messages carry, without the lengths. */
export function payloadBytes({ count, content }: Bundled): number {
  return content.length - count * LENGTH_BYTES;
}

/** The payloads, as views into the same memory. */
export function payloadsIn({ count, content }: Bundled): readonly Uint8Array[] {
  const reader = new ByteReader(content);
  const payloads: Uint8Array[] = [];
  for (let left = count; left > 0; left -= 1) payloads.push(reader.blob());
  return payloads;
}

/** The messages that a bundle from a process stands for. */
export function sendsIn(bundle: SendBundle): readonly SendMessage[] {
  const { handle, safe, request } = bundle;
  return payloadsIn(bundle).map((payload, index) => {
    return { kind: 'send', handle, request: request + index, safe, payload };
  });
}

/** The messages that a delivered bundle stands for. */
export function messagesIn(bundle: DeliveredBundle): readonly DeliveredMessage[] {
  const { handle, position, from, request } = bundle;
  return payloadsIn(bundle).map((payload, index) => {
    const own = request === 0 ? 0 : request + index;
    return { kind: 'message', handle, position: position + index, from, request: own, payload };
  });
}

/** Gathers payloads; every one is copied, so that its owner may go on using it. */
export class BundleWriter {
  readonly #content = new ByteWriter();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Whether one more payload of this size may be added. */
  fits(bytes: number): boolean {
    const length = this.#content.view().length + LENGTH_BYTES + bytes;
    return this.#count < LIMITS.bundleMessages && length <= LIMITS.bundleBytes;
  }

  add(payload: Uint8Array): void {
    this.#content.blob(payload);
    this.#count += 1;
  }

  /** The payload of a single one, valid until the next `add`. */
  takeOnly(): Uint8Array {
    return this.take().content.subarray(LENGTH_BYTES);
  }

  /** What was gathered, valid until the next `add`; then it is empty again. */
  take(): Bundled {
    const bundled = { count: this.#count, content: this.#content.view() };
    this.#count = 0;
    this.#content.reset();
    return bundled;
  }
}
