import { type Instant, type MembershipId, NEVER, Queue } from '@group-services/core';
import type {
  AnnounceBody,
  Proposal,
  RequestRef,
  ResultBody,
  RiderBody,
  WireVote,
} from '@group-services/wire';
import type { VotingInspection } from '../inspection.js';
import { voterOf } from '../replica/group-state.js';
import type { Running } from '../replica/running.js';
import type { Shared } from '../shared.js';
import type { TracedPhase } from '../traced.js';
import type { Failures } from './failures.js';
import type { Placing } from './placing.js';
import { Poll } from './poll.js';

/**
 * The leader's part in the running protocol (`external-layer.md` §§3.4–3.8): takes votes, places
 * message riders as they come and the RESULT when nobody is waited for any more, and announces who was
 * silent.
 *
 * VOTES are never answered: their daemons keep them, and send them to a new leader, until they deliver
 * the RESULT of the phase. One that has been placed may be lost, and then they count again.
 */
export class LeaderVoting {
  readonly #shared: Shared;
  readonly #placing: Placing;
  readonly #failures: Failures;
  #poll: Poll | undefined;
  /** When this leader placed the START of the running protocol, or took it over. */
  #beganAt: Instant = 0;
  /** Phases of the running protocol that are over, if it is traced. */
  #phases: TracedPhase[] = [];
  /**
   * Others may have delivered our START before we have, who do not know its position yet. These votes
   * are received all the same: they stand when their providers fail before it is known.
   */
  #early: EarlyVotes[] = [];
  readonly #riders = new Queue<RiderBody>();
  readonly #announcements = new Queue<AnnounceBody>();

  constructor(shared: Shared, placing: Placing, failures: Failures) {
    this.#shared = shared;
    this.#placing = placing;
    this.#failures = failures;
    this.follow();
    if (this.#poll !== undefined) shared.outbox.branch('votes-asked-again');
  }

  get #running(): Running | null {
    return this.#placing.state.running;
  }

  /** The placed state may be in another phase, or in none. */
  follow(): void {
    const running = this.#running;
    if (running === null) this.#poll = undefined;
    else if (this.#poll?.phase !== running.phase) {
      if (this.#poll === undefined || running.phase === 1) {
        this.#beganAt = this.#shared.now;
        this.#phases = [];
      }
      this.#poll = new Poll(running, this.#shared.now);
    }
  }

  /** Our START is delivered here. */
  located(position: number): void {
    this.#placing.located(position);
    const early = this.#early;
    this.#early = [];
    for (const { ref, votes } of early) this.#count(ref, votes);
  }

  /** Who is known to be down by now has the default vote, and votes no more. */
  onVotes(ref: RequestRef, cast: Votes): void {
    const { isDown } = this.#failures;
    const votes = cast.votes.some(({ no }) => isDown(no))
      ? { ...cast, votes: cast.votes.filter(({ no }) => !isDown(no)) }
      : cast;
    if (this.#running?.protocol === 0) this.#early.push({ ref, votes });
    else this.#count(ref, votes);
  }

  #count(ref: RequestRef, votes: Votes): void {
    const running = this.#running;
    const poll = this.#poll;
    if (
      poll !== undefined &&
      running !== null &&
      running.protocol === votes.protocol &&
      running.phase === votes.phase
    ) {
      this.#shared.outbox.branch('votes-received');
      for (const vote of votes.votes) this.#take(vote, ref.origin, { poll, running });
    }
  }

  #take(
    vote: WireVote,
    origin: MembershipId,
    { poll, running }: { readonly poll: Poll; readonly running: Running },
  ): void {
    const { no, message: payload } = vote;
    if (voterOf(this.#placing.state, no)?.daemon !== origin) return;
    if (!poll.receive(vote)) return;
    this.#note(vote, origin, running);
    if (payload === undefined) return;
    if (running.placed.some((rider) => rider.no === no)) return;
    const { protocol, phase } = running;
    this.#riders.push({ kind: 'rider', protocol, phase, no, payload });
  }

  /** Those of our own processes have been told when they were cast. */
  #note({ no, value }: WireVote, origin: MembershipId, { protocol, phase }: Running): void {
    const { options, membership } = this.#shared;
    const provider = voterOf(this.#placing.state, no)?.id;
    if (options.note === undefined || provider === undefined || origin === membership?.self) return;
    const id = this.#shared.protocolId(protocol);
    options.note({ kind: 'votes', protocol: id, phase, votes: [{ provider, value }], more: 0 });
  }

  /** A daemon wants something about its providers to be announced. */
  onReport(ref: RequestRef, { code, providers }: Report): void {
    const { byNo } = this.#placing.state;
    const ids = providers.flatMap((no) => {
      const listed = byNo.get(no);
      return listed?.daemon === ref.origin ? [listed.id] : [];
    });
    if (ids.length === 0) this.#placing.reply(ref, { kind: 'done' });
    else this.#announcements.push({ kind: 'announce', code, providers: ids, requests: [ref] });
  }

  /** What waits for the next multicast; false when there is nothing. */
  placeNext(): boolean {
    const rider = this.#riders.shift();
    if (rider !== undefined) {
      this.#placing.rider(rider);
      return true;
    }
    const announcement = this.#announcements.shift();
    if (announcement !== undefined) {
      this.#placing.announce(announcement);
      return true;
    }
    return this.#placeResult();
  }

  #placeResult(): boolean {
    const running = this.#running;
    const poll = this.#poll;
    const { isDown } = this.#failures;
    if (poll === undefined || running === null || running.protocol === 0) return false;
    if (!poll.isComplete(isDown)) return false;
    const silent = this.#idsOf(poll.silent(isDown));
    const result = poll.result(this.#placing.state, running.protocol, isDown);
    this.#tally(poll, running, result.outcome);
    this.#placing.result(result);
    if (silent.length > 0) {
      this.#shared.outbox.branch('defaulted-by-limit');
      const body = { code: 'time-limit', providers: silent, requests: [] } as const;
      this.#announcements.push({ kind: 'announce', ...body, providers: silent, requests: [] });
    }
    this.follow();
    if (result.outcome !== 'continue') this.#failures.release();
    return true;
  }

  #tally(poll: Poll, running: Running, outcome: ResultBody['outcome']): void {
    const { tally, now } = this.#shared;
    const { isDown } = this.#failures;
    const kind = running.start.protocol;
    for (const no of poll.missing) {
      const reason = isDown(no) ? this.#failures.reasonOf(no) : 'time-limit';
      tally.defaultVotes.add(1, reason);
    }
    tally.phaseMs.add(now - poll.beganAt, kind);
    this.#trace(poll, running, outcome);
    if (outcome === 'continue') return;
    tally.protocols.add(1, kind, outcome);
    tally.protocolMs.add(now - this.#beganAt, kind);
  }

  /** What was voted on belongs to a trace: the phase is part of it, and the protocol with the last one. */
  #trace(poll: Poll, running: Running, outcome: ResultBody['outcome']): void {
    const { trace, protocol: kind } = running.start;
    if (trace === undefined) return;
    const { outbox, now: endedAt } = this.#shared;
    const { phase, beganAt, missing } = poll;
    this.#phases.push({ phase, beganAt, endedAt, outcome, defaultVotes: missing.size });
    if (outcome === 'continue') return;
    const { protocol: position } = running;
    const told = { kind, position, outcome, phases: this.#phases };
    outbox.traced({ name: 'protocol', trace, beganAt: this.#beganAt, endedAt, ...told });
  }

  #idsOf(numbers: Iterable<number>): string[] {
    return [...numbers].map((no) => voterOf(this.#placing.state, no)?.id ?? `unknown/${no}`);
  }

  deadline(): Instant {
    return this.#poll?.deadline() ?? NEVER;
  }

  /** Half of the time over is worth a warning; all of it ends the phase. */
  expire(): void {
    const { now } = this.#shared;
    const poll = this.#poll;
    if (poll === undefined) return;
    poll.expire(now);
    if (!poll.warns(now)) return;
    const inspected = this.inspect();
    if (inspected === undefined) return;
    const { protocol, kind, phase, waitingFor } = inspected;
    if (waitingFor.length === 0) return;
    const fields = { protocol, kind, phase, waitingFor: waitingFor.join(' ') };
    this.#shared.outbox.log('warn', 'vote-overdue', { ...fields, waitedMs: now - poll.beganAt });
  }

  inspect(): VotingInspection | undefined {
    const running = this.#running;
    const poll = this.#poll;
    if (running === null || poll === undefined) return undefined;
    return {
      protocol: this.#shared.protocolId(running.protocol),
      kind: running.start.protocol,
      phase: running.phase,
      defaultVote: running.defaultVote,
      waitingFor: this.#idsOf(poll.silent(this.#failures.isDown)),
      since: poll.beganAt,
      until: poll.until,
    };
  }
}

export type Votes = Extract<Proposal, { readonly kind: 'votes' }>;
type Report = Extract<Proposal, { readonly kind: 'report' }>;

interface EarlyVotes {
  readonly ref: RequestRef;
  readonly votes: Votes;
}
