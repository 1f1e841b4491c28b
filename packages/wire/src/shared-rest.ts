import { pack } from './msgpack.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Packs what is told to one provider after the other, in frames that differ in their fixed fields: the
 * map behind these is packed once. With a list of many providers it is nearly everything, and there are
 * as many who are told. One map is kept alive.
 */
export class SharedRest {
  #last: Fields | undefined;
  #packed = new Uint8Array();

  pack(fields: Fields): Uint8Array {
    if (this.#last === undefined || !areSame(this.#last, fields)) {
      this.#last = fields;
      this.#packed = pack(fields).slice();
    }
    return this.#packed;
  }
}

/** The very same values: those that are only alike are packed again. */
function areSame(one: Fields, other: Fields): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => one[key] === other[key] && key in other);
}
