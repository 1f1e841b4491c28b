import { type Engine, type Instant, NEVER, type Rng } from '@group-services/core';
import type { RefuseCode } from '@group-services/wire';

/** Refusals that another attempt may not meet. */
const TRANSIENT: ReadonlySet<RefuseCode> = new Set(['stopping', 'overloaded', 'NOT_ACTIVE']);

const LOST = 'the connection was lost';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;
/** Waits double so often at most. */
const DOUBLINGS_MAX = 10;

/** Between attempts while name servers are changing places, and for how long that may take. */
const CHANGE_WAIT_MS = 200;
const CHANGE_MS = 10_000;

/** Something that happens to a daemon's connection to the name server. */
export type NameServerDiallingInput =
  | { readonly kind: 'start' }
  /** WELCOME: the connection stands. */
  | { readonly kind: 'welcomed'; readonly leaseMs: number }
  /** It has said something to a daemon that it serves. */
  | { readonly kind: 'heard' }
  /** It says that it ends the connection, and why. */
  | { readonly kind: 'closing'; readonly text: string }
  /** The connection that stood is over. */
  | { readonly kind: 'lost' }
  /** An attempt came to nothing; `refusal`: the answer was no; `active`: who is asked instead. */
  | {
      readonly kind: 'failed';
      readonly refusal?: RefuseCode | undefined;
      readonly active?: string | undefined;
    }
  | { readonly kind: 'close' }
  | { readonly kind: 'deadlineReached' };

export type NameServerDiallingOutput =
  | { readonly kind: 'dial'; readonly address: string }
  /** It has been silent for a whole lease: the connection is to be aborted, and is then `lost`. */
  | { readonly kind: 'abort' }
  | { readonly kind: 'down'; readonly why: string }
  /** More attempts follow. */
  | { readonly kind: 'willRetry' }
  /** Trying again changes nothing. */
  | { readonly kind: 'refused' };

/**
 * Decides about one daemon's connection to a name server: tries its addresses in turn, with a growing,
 * jittered wait between rounds, for as long as it is not closed. One that is not active says who is, and that
one is tried at once; while they change places, waits stay short, since one of them will be soon. Silence for a whole lease (renewals are
 * answered three times as often) counts as a lost connection.
 */
export class NameServerDialling
  implements Engine<NameServerDiallingInput, NameServerDiallingOutput>
{
  readonly #addresses: readonly string[];
  readonly #rng: Rng;
  #attempts = 0;
  #wasWelcome = false;
  #stands = false;
  #isClosed = false;
  /** What is to be said of the end of this connection. */
  #why = LOST;
  #leaseMs = 0;
  /** A restarted name server waits one lease for its daemons: they try more often than that. */
  #longestWaitMs = LONGEST_WAIT_MS;
  /** When the first said that it is not active, since somebody was. */
  #changingSince: Instant | undefined;
  #dialled = '';
  /** The attempt that is under way was another one's advice. */
  #isAdvised = false;
  #tryAt: Instant = NEVER;
  #silentAt: Instant = NEVER;

  constructor(addresses: readonly string[], rng: Rng) {
    this.#addresses = addresses;
    this.#rng = rng;
  }

  deadline(): Instant {
    return Math.min(this.#tryAt, this.#silentAt);
  }

  step(input: NameServerDiallingInput, now: Instant): readonly NameServerDiallingOutput[] {
    if (this.#isClosed) return [];
    switch (input.kind) {
      case 'start':
        return this.#try();
      case 'welcomed':
        return this.#welcomed(input.leaseMs, now);
      case 'heard':
        // This alone shows that the connection is a good one: who is turned away each time waits longer.
        this.#attempts = 0;
        return this.#hear(now);
      case 'closing':
        this.#why = `the name server has ended the connection: ${input.text}`;
        return this.#hear(now);
      case 'lost':
        return this.#lost(now);
      case 'failed':
        return this.#failed(input, now);
      case 'close':
        this.#isClosed = true;
        this.#tryAt = NEVER;
        this.#silentAt = NEVER;
        return [];
      case 'deadlineReached':
        return this.#onDeadline(now);
    }
  }

  #try(): readonly NameServerDiallingOutput[] {
    const address = this.#addresses[this.#attempts % this.#addresses.length] ?? '';
    this.#attempts += 1;
    this.#isAdvised = false;
    return this.#dial(address);
  }

  #dial(address: string): readonly NameServerDiallingOutput[] {
    this.#tryAt = NEVER;
    this.#dialled = address;
    return [{ kind: 'dial', address }];
  }

  #welcomed(leaseMs: number, now: Instant): readonly NameServerDiallingOutput[] {
    this.#stands = true;
    this.#wasWelcome = true;
    this.#why = LOST;
    this.#changingSince = undefined;
    this.#leaseMs = leaseMs;
    this.#longestWaitMs = Math.min(LONGEST_WAIT_MS, leaseMs / 3);
    this.#silentAt = now + leaseMs;
    return [];
  }

  #hear(now: Instant): readonly NameServerDiallingOutput[] {
    if (this.#stands) this.#silentAt = now + this.#leaseMs;
    return [];
  }

  #lost(now: Instant): readonly NameServerDiallingOutput[] {
    if (!this.#stands) return [];
    this.#stands = false;
    this.#silentAt = NEVER;
    this.#later(now);
    return [{ kind: 'down', why: this.#why }];
  }

  #failed({ refusal, active }: Failed, now: Instant): readonly NameServerDiallingOutput[] {
    if (refusal !== undefined && !this.#isTransient(refusal)) return [{ kind: 'refused' }];
    if (refusal === 'NOT_ACTIVE') this.#changingSince ??= now;
    // Two who send us to each other are not followed for long.
    if (active !== undefined && active !== this.#dialled && !this.#isAdvised) {
      this.#isAdvised = true;
      return this.#dial(active);
    }
    this.#later(now);
    return [{ kind: 'willRetry' }];
  }

  /** Certificates come and go: who was welcome once waits for the operator to renew them. */
  #isTransient(code: RefuseCode): boolean {
    return TRANSIENT.has(code) || (code === 'NOT_AUTHORIZED' && this.#wasWelcome);
  }

  #onDeadline(now: Instant): readonly NameServerDiallingOutput[] {
    if (this.#tryAt <= now) return this.#try();
    if (this.#silentAt > now) return [];
    this.#silentAt = NEVER;
    return [{ kind: 'abort' }];
  }

  /** The wait doubles per round over all addresses and is drawn between half and the whole of it. */
  #later(now: Instant): void {
    const rounds = Math.floor(this.#attempts / this.#addresses.length);
    const grown = FIRST_WAIT_MS * 2 ** Math.min(rounds, DOUBLINGS_MAX);
    const isChanging = now < (this.#changingSince ?? Number.NEGATIVE_INFINITY) + CHANGE_MS;
    const longest = Math.min(isChanging ? CHANGE_WAIT_MS : this.#longestWaitMs, grown);
    this.#tryAt = now + longest * (0.5 + this.#rng.next() / 2);
  }
}

type Failed = Extract<NameServerDiallingInput, { readonly kind: 'failed' }>;
