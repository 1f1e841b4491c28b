import { TransportError } from './errors.js';

/**
 * Addresses are texts, `scheme://rest`, and every transport knows those of its own scheme alone: nobody
 * else takes them apart. So a transport that is plugged in brings its addresses with it.
 */

/** What is known of the addresses of one scheme before anything is opened. */
export interface Addressing {
  /** What stands before `://`. */
  readonly scheme: string;
  /** How they are written, for people: `tcp://host:port`. */
  readonly addressForm: string;
  /** Why this is none of them; undefined: it is one. Looks nothing up and opens nothing. */
  addressProblem(address: string): string | undefined;
}

/** The addresses of one scheme, with what a transport needs of them. */
export interface AddressFormat<Parts> extends Addressing {
  /**
   * Takes an address apart.
   *
   * @throws TransportError `bad-address`
   */
  partsOf(address: string): Parts;
}

/** `parse` takes apart what stands behind `scheme://`, or says what is wrong with it. */
export function addressFormat<Parts extends object>(
  addressForm: string,
  parse: (rest: string) => Parts | string,
): AddressFormat<Parts> {
  const scheme = schemeOf(addressForm) ?? '';
  const prefix = `${scheme}://`;
  const parsed = (address: string): Parts | string =>
    address.startsWith(prefix) ? parse(address.slice(prefix.length)) : `expected ${addressForm}`;
  return {
    scheme,
    addressForm,
    addressProblem: (address) => {
      const result = parsed(address);
      return typeof result === 'string' ? result : undefined;
    },
    partsOf: (address) => {
      const result = parsed(address);
      if (typeof result !== 'string') return result;
      const message = `bad address ${address}: ${result}`;
      throw new TransportError('bad-address', address, { message });
    },
  };
}

/** What stands before `://`; undefined: nothing that could be a scheme. */
export function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//u.exec(address)?.[1];
}
