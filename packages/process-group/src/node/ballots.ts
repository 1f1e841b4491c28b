import type { Instant } from '@group-services/core';
import type { ToClient, WireVote } from '@group-services/wire';
import type { ClientInput } from '../inputs.js';
import type { VotingInspection } from '../inspection.js';
import { EMPTY_STATE, fenceOf, viewOf, voterOf } from '../replica/group-state.js';
import type { Running } from '../replica/running.js';
import type { Shared } from '../shared.js';
import type { Joining } from './joining.js';
import type { LocalMembers } from './local-members.js';
import { proposalFields } from './proposal-fields.js';
import type { OwnRequests } from './requests.js';

/**
 * The local part of voting (`external-layer.md` §3.5): asks the voters of this node, providers
 * and joiners, once per phase, and passes on each vote as a request that stays open until the RESULT of
 * the phase is delivered, so that it reaches every leader that may have to count it.
 *
 * A vote that nobody asked for, a second one, or one for another phase or protocol is not passed on.
 */
export class Ballots {
  readonly #shared: Shared;
  readonly #ports: BallotPorts;
  #phase: OpenPhase | undefined;

  constructor(shared: Shared, ports: BallotPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** A phase of the running protocol begins here; message riders of the one before come first. */
  begin(): void {
    const { state, now } = this.#shared;
    const running = state?.running;
    this.end();
    if (running === undefined || running === null) return;
    const voters = [...new Set(running.voting.voters)].flatMap((no) => this.#local(no) ?? []);
    this.#phase = { running, since: now, waiting: new Set(voters), sent: [] };
    if (voters.length === 0) return;
    this.#shared.outbox.branch('ballot-shown');
    // One kind after the other: what is told to many alike is encoded once.
    const ballot = this.#ballot(running);
    for (const voter of voters) if (!voter.isJoiner) this.#show(voter, running, ballot);
    const joiners = voters.filter(({ isJoiner }) => isJoiner);
    if (joiners.length === 0) return;
    const whole = { ...ballot, group: this.#shownGroup() };
    for (const joiner of joiners) this.#show(joiner, running, whole);
  }

  #show({ client, handle }: Voter, { shown }: Running, ballot: Ballot): void {
    const { outbox } = this.#shared;
    const protocol = ballot.protocol.id;
    for (const rider of shown) {
      outbox.toClient(client, { kind: 'rider', handle, protocol, ...rider });
    }
    outbox.toClient(client, { kind: 'ballot', handle, ...ballot });
  }

  /** The RESULT of the phase is delivered: our votes have been counted, or never will be. */
  end(): void {
    for (const n of this.#phase?.sent ?? []) this.#ports.requests.finish(n);
    this.#phase = undefined;
  }

  /** The membership has ended, and its requests with it. */
  detached(): void {
    this.#phase = undefined;
  }

  vote(input: VoteInput): void {
    const { client, handle, protocol, phase } = input;
    const open = this.#phase;
    const voter = [...(open?.waiting ?? [])].find(
      (it) => it.client === client && it.handle === handle,
    );
    // Who has said goodbye meanwhile has no vote: the default is cast.
    const isExpected = voter !== undefined && this.#local(voter.no) !== undefined;
    if (open === undefined || !isExpected || !this.#isFor(open.running, input)) {
      const frame = { kind: 'vote-not-expected', handle, protocol, phase } as const;
      this.#shared.outbox.toClient(client, frame);
      return;
    }
    open.waiting.delete(voter);
    this.#shared.outbox.branch('votes-sent');
    const votes = [wireVote(voter.no, input)];
    const { running } = open;
    this.#note(voter.no, input);
    const n = this.#ports.requests.votes({ protocol: running.protocol, phase, votes });
    open.sent.push(n);
  }

  #note(no: number, { protocol, phase, value }: VoteInput): void {
    const { options, state = EMPTY_STATE } = this.#shared;
    const provider = voterOf(state, no)?.id;
    if (options.note === undefined || provider === undefined) return;
    options.note({ kind: 'votes', protocol, phase, votes: [{ provider, value }], more: 0 });
  }

  #isFor(running: Running, { protocol, phase }: VoteInput): boolean {
    return this.#shared.protocolId(running.protocol) === protocol && running.phase === phase;
  }

  #local(no: number): Voter | undefined {
    const member = this.#ports.members.byNo(no);
    if (member !== undefined) {
      return { no, client: member.owner.client, handle: member.handle, isJoiner: false };
    }
    // Most voters are listed, and of other nodes: no need to look through the joins for them.
    if (this.#shared.state?.byNo.has(no) === true) return undefined;
    const join = this.#ports.joining.voter(no);
    if (join === undefined) return undefined;
    return { no, client: join.client, handle: join.handle, isJoiner: true };
  }

  #ballot(running: Running): Ballot {
    const { start, phase, causes, defaultVote, voting, protocol } = running;
    const { timeLimit } = voting;
    return {
      protocol: this.#shared.protocolInfo(start, protocol),
      phase,
      ...proposalFields(running, start.change),
      fence: fenceOf(this.#shared.state ?? EMPTY_STATE, this.#shared.membership?.generation ?? 0),
      causes: [...causes],
      defaultVote,
      timeLeft: timeLimit === 0 ? undefined : timeLimit,
    };
  }

  #shownGroup(): NonNullable<Ballot['group']> {
    const { state = EMPTY_STATE, membership } = this.#shared;
    return { view: viewOf(state, membership?.generation ?? 0), stateValue: state.stateValue };
  }

  /** What a daemon that does not lead knows of the phase. */
  inspect(): VotingInspection | undefined {
    const { state } = this.#shared;
    const phase = this.#phase;
    if (phase === undefined || state === undefined) return undefined;
    const { running, since, waiting } = phase;
    const missing = [...waiting].filter(({ no }) => this.#local(no) !== undefined);
    return {
      protocol: this.#shared.protocolId(running.protocol),
      kind: running.start.protocol,
      phase: running.phase,
      defaultVote: running.defaultVote,
      waitingFor: missing.flatMap(({ no }) => voterOf(state, no)?.id ?? []),
      since,
    };
  }
}

type Ballot = Omit<Extract<ToClient, { readonly kind: 'ballot' }>, 'kind' | 'handle'>;
type VoteInput = Extract<ClientInput, { readonly kind: 'vote' }>;

/** A process of this node that is asked for a vote. */
interface Voter {
  readonly no: number;
  readonly client: number;
  readonly handle: number;
  /** Has no snapshot of the group yet. */
  readonly isJoiner: boolean;
}

/** A phase of the running protocol, as far as this node has voters in it. */
interface OpenPhase {
  readonly running: Running;
  readonly since: Instant;
  readonly waiting: Set<Voter>;
  /** Numbers of our VOTES. */
  readonly sent: number[];
}

interface BallotPorts {
  readonly members: LocalMembers;
  readonly joining: Joining;
  readonly requests: OwnRequests;
}

function wireVote(no: number, { value, stateValue, message, defaultVote }: VoteInput): WireVote {
  // A default vote carries no rider.
  return value === 'default' ? { no, value } : { no, value, stateValue, message, defaultVote };
}
