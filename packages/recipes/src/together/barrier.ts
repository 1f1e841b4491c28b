import {
  type Ballot,
  type Bytes,
  ConnectionLostError,
  defineGroup,
  InvalidArgumentError,
  type Provider,
} from '@group-services/client';
import { Standing } from '../base/standing.js';
import { noVote, Patience, unlessAborted } from '../base/waiting.js';
import {
  checkCount,
  groupName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';

export interface BarrierOptions extends RecipeOptions {
  /** Nobody goes on before so many are there; the same for all. Default 1: whoever has joined. */
  readonly parties?: number | undefined;
}

export interface Barrier extends AsyncDisposable {
  /**
   * Waits until everybody who is a member meets. Who dies is not waited for, who joins is. One meeting at
   * a time. Given up by its signal or time limit, the others may have met this one all the same.
   */
  meet(options?: WaitOptions): Promise<{ readonly present: readonly string[] }>;
}

/** A place where all members meet, as often as they like. Resolves when this process is a member. */
export async function barrier(
  where: Where,
  name: string,
  options: BarrierOptions = {},
): Promise<Barrier> {
  const { parties = 1 } = options;
  checkCount('parties', parties, 1);
  const meeting = new MeetingPoint(where, name, parties, options);
  await meeting.ready();
  return meeting;
}

/** One call of `meet`. */
interface Meeting {
  /** The protocol in which this member has said that it is there. */
  votedIn: string | undefined;
  readonly resolve: (met: { readonly present: readonly string[] }) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The oldest member proposes a barrier when it is there itself, and everybody votes when it is. So nobody's
 * protocol runs while the oldest works, and there is one for each meeting. Newcomers are let in between.
 */
class MeetingPoint implements Barrier {
  readonly #title: string;
  readonly #parties: number;
  readonly #standing: Standing;
  #isMeeting = false;
  /** As soon as there is a membership in which to meet. */
  #meeting: Meeting | undefined;
  #proposed = false;
  #wake = new Set<() => void>();

  constructor(where: Where, name: string, parties: number, options: RecipeOptions) {
    this.#title = `barrier ${name}`;
    this.#parties = parties;
    const version = `barrier of ${parties}`;
    const group = defineGroup({
      name: groupName('barrier', name),
      attributes: { version, defaultVote: 'approve', timeLimit: 0 },
    });
    const member = { vote: (ballot: Ballot<Bytes>) => this.#vote(ballot) };
    const follow = (provider: Provider<Bytes>): Promise<void> => this.#follow(provider);
    const plan = { where, group, title: this.#title, member, follow };
    this.#standing = new Standing(plan, options);
  }

  async ready(): Promise<void> {
    await this.#standing.provider();
  }

  async meet(options: WaitOptions = {}): Promise<{ readonly present: readonly string[] }> {
    if (this.#isMeeting) {
      const message = `${this.#title}: this handle is meeting already; use one for each that meets`;
      throw new InvalidArgumentError(message, { argument: 'meet' });
    }
    const patience = new Patience(`${this.#title}: meeting`, options, this.#standing.signal);
    this.#isMeeting = true;
    try {
      const provider = await this.#standing.provider({ signal: patience.signal });
      const met = new Promise<{ readonly present: readonly string[] }>((resolve, reject) => {
        this.#meeting = { votedIn: undefined, resolve, reject };
      });
      this.#look(provider);
      return await unlessAborted(met, patience.signal);
    } catch (error) {
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      this.#isMeeting = false;
      this.#meeting = undefined;
      patience.done();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#standing[Symbol.asyncDispose]();
  }

  async #follow(provider: Provider<Bytes>): Promise<void> {
    this.#proposed = false;
    // As it is at the place of the event: the provider may be ahead.
    let present = provider.view.providers;
    for await (const event of provider) {
      if (event.type === 'snapshot' || event.type === 'membership') present = event.view.providers;
      const meeting = this.#meeting;
      if (event.type === 'barrier' && meeting?.votedIn === event.protocol?.id) {
        this.#meeting = undefined;
        meeting?.resolve({ present });
      }
      this.#look(provider);
    }
    const message = `${this.#title}: the membership ended; whether the others have met is unknown`;
    this.#meeting?.reject(new ConnectionLostError(message));
  }

  /** Proposes, if that is this member's part and it is time. */
  #look(provider: Provider<Bytes>): void {
    this.#wakeVotes();
    const meeting = this.#meeting;
    if (meeting === undefined || meeting.votedIn !== undefined) return;
    if (this.#proposed || !provider.isOldest) return;
    if (provider.view.providers.length < this.#parties) return;
    this.#proposed = true;
    const over = (): void => {
      this.#proposed = false;
    };
    // What came of it is seen in the events; if it was lost, so is the membership.
    provider.barrier().then(() => {
      over();
      this.#look(provider);
    }, over);
  }

  async #vote(ballot: Ballot<Bytes>): Promise<'approve' | 'reject'> {
    // Somebody has gone since it was proposed; it is proposed again when there are enough.
    if (ballot.view.providers.length < this.#parties) return 'reject';
    ballot.signal.addEventListener('abort', () => this.#wakeVotes(), { once: true });
    while (!ballot.signal.aborted) {
      const meeting = this.#meeting;
      // One that was said to be there in an earlier protocol has met already.
      if (meeting !== undefined && meeting.votedIn === undefined) {
        meeting.votedIn = ballot.protocol.id;
        break;
      }
      await new Promise<void>((resolve) => this.#wake.add(resolve));
    }
    return ballot.signal.aborted ? await noVote() : 'approve';
  }

  #wakeVotes(): void {
    for (const wake of this.#wake) wake();
    this.#wake.clear();
  }
}
