import { type Instant, NEVER } from '@group-services/core';
import type { Shared } from '../shared.js';
import type { LocalInterest } from './interest.js';

/**
 * Whether this daemon is in the processor group: as long as somebody here needs it, and `lingerMs`
 * longer, so that a quick return is cheap.
 *
 * A persistent subscription that waits until somebody provides the group needs no membership: it would
 * keep an empty processor group for ever. It looks again every `lookupMs`, and a look that finds nobody
 * ends at once. If those who wait stayed for a while they would find each other, and never all be gone. When
 * the name server says that the group has been formed it looks at once.
 *
 * Timers: `#lingerUntil` runs while attached without interest; `#lookAt` while a persistent
 * subscription waits for a group that does not exist.
 */
export class Attachment {
  readonly #shared: Shared;
  readonly #interest: LocalInterest;
  #status: Status = 'detached';
  #stopping = false;
  /** The present membership was begun only to see whether somebody provides the group. */
  #isLook = false;
  #lingerUntil: Instant = NEVER;
  #lookAt: Instant = NEVER;
  /** It exists, as was heard while an earlier look had no answer yet. */
  #isThere = false;

  constructor(shared: Shared, interest: LocalInterest) {
    this.#shared = shared;
    this.#interest = interest;
  }

  get status(): Status {
    return this.#status;
  }

  /** Somebody here has to do with the group. */
  get isWanted(): boolean {
    return this.#interest.wantsAnything;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Nothing is attached any more and everybody here is gone: no more lingering. */
  stop(): void {
    this.#stopping = true;
  }

  attached(): void {
    this.#status = 'attached';
    this.#isThere = false;
    this.#lookAt = NEVER;
  }

  /** `isSettled`: there is no such group, or we left it because nobody here needed it. */
  detached(isSettled: boolean): void {
    this.#status = 'detached';
    this.#lingerUntil = NEVER;
    const later = isSettled && !this.#isThere;
    this.#isThere = false;
    this.#lookAt = this.#shared.now + (later ? this.#shared.options.lookupMs() : 0);
  }

  /** The group that a subscription waits for exists now. */
  onFormed(): void {
    if (this.#status !== 'detached') this.#isThere = this.#status === 'attaching';
    else if (this.#lookAt !== NEVER) this.#lookAt = this.#shared.now;
  }

  deadline(): Instant {
    return Math.min(this.#lingerUntil, this.#status === 'detached' ? this.#lookAt : NEVER);
  }

  /** Acts on what is needed now; called at the end of every step. */
  settle(): void {
    if (this.#status === 'detached') this.#settleDetached();
    else if (this.#status === 'attached') this.#settleAttached();
    else if (this.#status === 'attaching' && this.#stopping && !this.isWanted) this.#detach();
  }

  #settleDetached(): void {
    const interest = this.#interest;
    const { now } = this.#shared;
    if (!interest.wantsToWait) this.#lookAt = NEVER;
    else if (this.#lookAt === NEVER) this.#lookAt = now;
    if (!interest.wantsToJoin && !interest.wantsToLook && now < this.#lookAt) return;
    this.#lookAt = NEVER;
    this.#status = 'attaching';
    this.#isLook = !interest.wantsToJoin && !interest.wantsToLook;
    this.#shared.outbox.emit({ kind: 'attach', create: interest.wantsToJoin });
  }

  #settleAttached(): void {
    const { now, options } = this.#shared;
    if (this.#interest.wantsMembership) {
      this.#lingerUntil = NEVER;
      this.#isLook = false;
      return;
    }
    if (this.#lingerUntil === NEVER) {
      this.#lingerUntil = now + (this.#isLook ? 0 : options.lingerMs);
    }
    if (this.#stopping || now >= this.#lingerUntil) this.#detach();
  }

  #detach(): void {
    this.#lingerUntil = NEVER;
    this.#status = 'detaching';
    this.#shared.outbox.emit({ kind: 'detach' });
  }
}

type Status = 'detached' | 'attaching' | 'attached' | 'detaching';
