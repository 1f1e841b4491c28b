import type { Rng } from '@group-services/core';
import type { FromClient, ToClient } from '@group-services/wire';
import type { VotingProfile } from '../profile/profile.js';
import type { Shared } from '../world/shared.js';
import type { ClientSession, OwnHandle } from './client-session.js';

/**
 * How one process answers ballots and pings: as it was asked, late, twice, for what nobody asked,
 * never, or by dying. At rest it answers everything at once, so that every protocol ends.
 */
export class ClientVotes {
  readonly #shared: Shared;
  readonly #voting: VotingProfile;
  readonly #rng: Rng;
  readonly #die: () => void;
  #busy = true;

  constructor(
    shared: Shared,
    options: { readonly voting: VotingProfile; readonly rng: Rng; readonly die: () => void },
  ) {
    this.#shared = shared;
    this.#voting = options.voting;
    this.#rng = options.rng;
    this.#die = options.die;
  }

  /** A new connection may ask to be pinged. */
  connected(session: ClientSession): void {
    const { suspectAfterMs } = this.#shared.profile.timing;
    if (!this.#rng.chance(this.#voting.monitorChance)) return;
    session.say({ kind: 'monitor', interval: suspectAfterMs, timeout: suspectAfterMs / 2 });
  }

  pinged(session: ClientSession, n: number): void {
    const isUnwell = this.#busy && this.#rng.chance(this.#voting.unwellChance);
    if (!isUnwell) session.say({ kind: 'pong', n, ok: true });
    else if (this.#rng.chance(0.5)) session.say({ kind: 'pong', n, ok: false });
    else {
      const delay = 2 * this.#rng.next() * this.#shared.profile.timing.suspectAfterMs;
      this.#later(session, delay, () => session.say({ kind: 'pong', n, ok: true }));
    }
  }

  asked(session: ClientSession, own: OwnHandle, ballot: Ballot): void {
    const { silentChance, lateChance, vanishChance, strayChance } = this.#voting;
    const rng = this.#rng;
    if (!this.#busy) return this.#vote(session, own, 'approve');
    if (rng.chance(vanishChance)) {
      this.#shared.counters.count('fault: process dies when asked for its vote');
      this.#shared.time.after(0, this.#die);
      return;
    }
    if (rng.chance(silentChance)) return this.#count('silent');
    if (rng.chance(strayChance)) this.#stray(session, own, ballot);
    if (!rng.chance(lateChance)) return this.#vote(session, own, this.#value(ballot));
    this.#count('late');
    const { suspectAfterMs } = this.#shared.profile.timing;
    const delay = LATE * rng.next() * (ballot.timeLeft ?? suspectAfterMs / 4);
    this.#later(session, delay, () => this.#vote(session, own, this.#value(ballot)));
  }

  /** From now on it answers at once; also what it has left open. */
  rest(session: ClientSession | undefined): void {
    this.#busy = false;
    if (session === undefined) return;
    for (const own of session.handles.values()) this.#vote(session, own, 'approve');
  }

  #value({ phase }: Ballot): Vote['value'] {
    const { continueChance, rejectChance, continuesMax } = this.#voting;
    const choice = this.#rng.next();
    if (choice < rejectChance) return 'reject';
    if (choice < rejectChance + continueChance) {
      return phase <= continuesMax ? 'continue' : 'approve';
    }
    return this.#rng.chance(0.05) ? 'default' : 'approve';
  }

  /** Nothing when it has voted, or the ballot is over. */
  #vote(session: ClientSession, own: OwnHandle, value: Vote['value']): void {
    const { ballot } = own;
    if (ballot === undefined) return;
    own.ballot = undefined;
    session.say({
      kind: 'vote',
      handle: own.handle,
      ...ballot,
      value,
      ...this.#riders(session, own, value),
    });
    if (this.#busy && this.#rng.chance(this.#voting.strayChance)) {
      this.#count('double');
      session.say({ kind: 'vote', handle: own.handle, ...ballot, value: 'reject' });
    }
  }

  #riders(
    session: ClientSession,
    own: OwnHandle,
    value: Vote['value'],
  ): Pick<Vote, 'stateValue' | 'message' | 'defaultVote'> {
    const rng = this.#rng;
    const { riderChance } = this.#voting;
    if (!this.#busy || value === 'default' || !rng.chance(riderChance)) return {};
    return {
      ...(rng.chance(0.5) ? { stateValue: session.rider(own) } : {}),
      ...(rng.chance(0.5) ? { message: session.rider(own) } : {}),
      ...(rng.chance(0.2) ? { defaultVote: rng.pick(['approve', 'reject']) } : {}),
    };
  }

  /** For another phase, or a protocol that there is not. */
  #stray(session: ClientSession, own: OwnHandle, { protocol, phase }: Ballot): void {
    this.#count('stray');
    const other = this.#rng.pick([
      { protocol: protocol.id, phase: phase + 1 },
      { protocol: protocol.id, phase: Math.max(0, phase - 1) },
      { protocol: `${protocol.id}0`, phase },
    ]);
    session.say({ kind: 'vote', handle: own.handle, ...other, value: 'reject' });
  }

  #later(session: ClientSession, delay: number, task: () => void): void {
    this.#shared.time.after(delay, () => {
      if (session.isOpen) task();
    });
  }

  #count(kind: string): void {
    this.#shared.counters.count(`votes: ${kind}`);
  }
}

type Ballot = Extract<ToClient, { readonly kind: 'ballot' }>;
type Vote = Extract<FromClient, { readonly kind: 'vote' }>;

/** A late vote comes after so much of its time at most. */
const LATE = 1.5;
