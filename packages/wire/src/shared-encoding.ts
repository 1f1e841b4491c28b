import { invariant } from '@group-services/core';
import { type EncodedFrame, encodeControl } from './frame.js';

/** What is told to many handles alike. Its first two fields are these, in this order. */
type Addressed = {
  readonly kind: string;
  readonly handle: number;
  readonly [field: string]: unknown;
};

/** A msgpack map of at most 15 fields has their number in its first byte. */
const SHORT_MAP = 0x80;
const SHORT_MAP_MASK = 0xf0;
/** Where that byte is: behind the type of the frame. */
const MAP_AT = 1;

/**
 * Encodes messages that go to one provider after the other and differ in the handle alone, which is
 * how a daemon tells its processes of a protocol: the rest is encoded once. With a list of many
 * providers that is nearly everything, and there are as many who are told.
 *
 * The bytes are those that each message would have by itself. One message is kept alive.
 */
export class SharedEncoding {
  #last: Addressed | undefined;
  #whole = new Uint8Array();
  /** What follows the handle in `#whole`, once a second message asks for it. */
  #rest: Uint8Array | undefined;

  encode(message: Addressed): EncodedFrame {
    const last = this.#last;
    if (last === undefined || !differInHandleOnly(last, message)) {
      const frame = encodeControl(message);
      this.#last = message;
      this.#whole = frame.head.slice();
      this.#rest = undefined;
      return frame;
    }
    this.#rest ??= this.#whole.subarray(beginningOf(last).length);
    const head = beginningOf(message);
    const fields = this.#whole[MAP_AT] ?? 0;
    invariant((fields & SHORT_MAP_MASK) === SHORT_MAP, 'a message to clients has few fields');
    head[MAP_AT] = fields;
    return { head, tail: this.#rest };
  }
}

/** The frame up to its handle, but for the number of fields. */
function beginningOf({ kind, handle }: Pick<Addressed, 'kind' | 'handle'>): Uint8Array {
  return encodeControl({ kind, handle }).head;
}

/** Everything else has to be the very same: values that are only alike are encoded again. */
function differInHandleOnly(one: Addressed, other: Addressed): boolean {
  const keys = Object.keys(one);
  if (keys[0] !== 'kind' || keys[1] !== 'handle') return false;
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => key === 'handle' || (one[key] === other[key] && key in other));
}
