import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Entry, FromNameServer, Member, ToNameServer } from '@group-services/wire';
import { Repetition } from '../repetition.js';
import type { Shared } from '../shared.js';

/**
 * The one change of this group that may be under way at the name server (`internal-layer.md` §2,
 * §4): asked for with an id, repeated until it is answered, then carried through by what the answer's
 * entry says. After a refusal nothing is asked for a while. The timer runs while a question is open.
 */
export class Changes {
  readonly #shared: Shared;
  #question: Question | undefined;
  readonly #repetition: Repetition;
  #notBefore: Instant = 0;
  #count = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#repetition = new Repetition(shared.waits.ofNameServer);
  }

  /** Whether a change may be asked for now. */
  get isIdle(): boolean {
    return this.#question === undefined && this.#shared.now >= this.#notBefore;
  }

  /** A change is under way. */
  get isOpen(): boolean {
    return this.#question !== undefined;
  }

  /** When a change may be asked for again after a refusal. */
  get notBefore(): Instant {
    return this.#question === undefined ? this.#notBefore : NEVER;
  }

  ask(request: ChangeRequest): void {
    const shared = this.#shared;
    this.#count += 1;
    this.#question = {
      kind: 'change',
      id: `${shared.self}:${shared.footing.generation}:${this.#count}`,
      group: shared.options.group,
      generation: shared.footing.generation,
      fromVersion: request.entry.version,
      asker: shared.self,
      leader: request.leader,
      members: [...request.members],
      takeover: request.takeover,
    };
    this.#send();
    this.#repetition.begin(shared.now);
  }

  /** Takes an answer in; the caller then learns the entry. */
  onChanged(changed: Changed): void {
    if (this.#question?.id !== changed.id) return;
    this.#question = undefined;
    this.#repetition.end(this.#shared.now);
    if (changed.accepted) return;
    const shared = this.#shared;
    shared.branch(`change-refused-${changed.reason ?? 'unknown'}`);
    // A complaint leaves the leader the time to check whether we hear it.
    const { retryMs, complainAfterMs } = shared.options;
    this.#notBefore = shared.now + (changed.reason === 'leader-alive' ? complainAfterMs : retryMs);
    if (changed.reason !== 'generation' || changed.entry !== null) return;
    shared.end(
      shared.leaving ? 'left' : 'group-lost',
      'the name server does not know the group any more',
    );
  }

  /** The name server is there again: the open question goes at once. */
  askAgain(): void {
    if (this.#question === undefined) return;
    this.#send();
    this.#repetition.begin(this.#shared.now);
  }

  deadline(): Instant {
    return this.#repetition.at;
  }

  onDeadline(): void {
    if (this.#question === undefined || this.#repetition.at > this.#shared.now) return;
    this.#send();
    this.#repetition.again(this.#shared.now);
  }

  #send(): void {
    if (this.#question !== undefined) this.#shared.askNameServer(this.#question);
  }
}

type Changed = Extract<FromNameServer, { readonly kind: 'changed' }>;
type Question = Extract<ToNameServer, { readonly kind: 'change' }>;

/** What a change is asked for with. */
export interface ChangeRequest {
  readonly entry: Entry;
  readonly leader: MembershipId;
  readonly members: readonly Member[];
  readonly takeover: boolean;
}
