import { invalid } from '../arguments/arguments.js';
import type { ValueCodec } from './value-codec.js';

/** Values that are no objects and whose bytes are remembered at most. */
const PRIMITIVES_MAX = 64;

/**
 * Remembers from which bytes the state values of a typed group were read, so that
 * `ifState: provider.stateValue` compares exactly those, whatever the schema made of them.
 *
 * Objects are remembered as long as somebody holds them; of other values only the last few.
 */
export class StateMemory {
  readonly #codec: ValueCodec;
  readonly #objects = new WeakMap<object, Uint8Array>();
  readonly #primitives = new Map<unknown, Uint8Array>();

  constructor(codec: ValueCodec) {
    this.#codec = codec;
  }

  remember(value: unknown, bytes: Uint8Array): void {
    if (value === bytes) return;
    if (typeof value === 'object' && value !== null) {
      this.#objects.set(value, bytes);
      return;
    }
    this.#primitives.delete(value);
    this.#primitives.set(value, bytes);
    if (this.#primitives.size <= PRIMITIVES_MAX) return;
    const [oldest] = this.#primitives.keys();
    this.#primitives.delete(oldest);
  }

  /** The bytes that an `ifState` stands for: null = no value yet, undefined = no condition. */
  condition(ifState: unknown): Uint8Array | null | undefined {
    if (ifState === undefined || ifState === null) return ifState;
    const known =
      typeof ifState === 'object' ? this.#objects.get(ifState) : this.#primitives.get(ifState);
    if (known !== undefined) return known;
    try {
      return this.#codec.write(ifState);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw invalid('ifState', `is neither a value of this group nor null: ${detail}`);
    }
  }
}
