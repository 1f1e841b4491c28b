import {
  type ClientLimits,
  type FromClient,
  LARGEST,
  LIMITS,
  type PartialAttributes,
  payloadsIn,
  type Refusal,
  utf8Length,
} from '@group-services/wire';

type Sized = Extract<FromClient, { readonly kind: 'send' | 'bundle' | 'propose' | 'vote' }>;
type Proposed = Extract<FromClient, { readonly kind: 'propose' }>['proposed'];
type Limit = Exclude<keyof ClientLimits, 'membershipsPerProcess'>;

/**
 * What is larger than this daemon said that it takes (`client-api.md`, Limits). The library checks the same
 * before it sends. Here it protects the others: what leaves this daemon has more around it, and a frame
 * beyond the limit ends a link. An operator may have made the limits smaller, or larger as far as frames go.
 */
export class ClientSizes {
  readonly #limits: ClientLimits;

  constructor(limits: ClientLimits = LIMITS) {
    this.#limits = limits;
  }

  get membershipsPerProcess(): number {
    return Math.min(this.#limits.membershipsPerProcess, LARGEST.membershipsPerProcess);
  }

  /** Why a proposal or vote is too large; undefined when it is not. */
  problem(message: Sized): Refusal | undefined {
    switch (message.kind) {
      case 'send':
        return this.#tooLong('message', message.payload.length, 'message');
      case 'bundle':
        return this.#bundle(message);
      case 'vote':
        return (
          this.#tooLong('message', message.message?.length, 'message') ??
          this.#tooLong('stateValue', message.stateValue?.length, 'stateValue')
        );
      case 'propose':
        return this.proposal(message.proposed);
    }
  }

  proposal(proposed: Proposed): Refusal | undefined {
    switch (proposed.kind) {
      case 'state':
        return (
          this.#tooLong('stateValue', proposed.value.length, 'stateValue') ??
          this.#tooLong('ifState', proposed.ifState?.length, 'stateValue')
        );
      case 'voted-message':
        return this.#tooLong('message', proposed.payload.length, 'message');
      case 'leave':
      case 'expel':
        return this.#tooLong('reason', utf8Length(proposed.reason ?? ''), 'reason');
      case 'attributes':
        return this.attributes(proposed.attributes);
      case 'barrier':
        return undefined;
    }
  }

  /** Those that a provider wants for its group. */
  attributes({ version }: PartialAttributes): Refusal | undefined {
    const bytes = typeof version === 'string' ? utf8Length(version) : undefined;
    return this.#tooLong('attributes.version', bytes, 'attributeValue');
  }

  /** All of it together has less than one message may have by default. */
  #bundle(bundle: Extract<Sized, { readonly kind: 'bundle' }>): Refusal | undefined {
    if (this.#limits.message >= LIMITS.bundleBytes) return undefined;
    const longest = Math.max(...payloadsIn(bundle).map(({ length }) => length));
    return this.#tooLong('message', longest, 'message');
  }

  #tooLong(argument: string, bytes: number | undefined, limit: Limit): Refusal | undefined {
    const most = Math.min(this.#limits[limit], LARGEST[limit]);
    if (bytes === undefined || bytes <= most) return undefined;
    const text = `${argument} must have at most ${most} bytes`;
    return { code: 'INVALID_ARGUMENT', text, argument, limit };
  }
}
