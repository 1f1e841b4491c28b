import {
  encodeBundleBody,
  encodeMessageBody,
  encodeProposal,
  OPERATOR_NO,
  type Refusal,
  type ReplyBody,
} from '@group-services/wire';
import type { ClientInput } from '../inputs.js';
import type { Shared } from '../shared.js';
import type { LocalMembers, LocalProposal, LocalProvider } from './local-members.js';
import { countOf, isRequestOf, proposalProblem, sizeOf } from './proposal-checks.js';
import { aborted, connectionLost, notInGroup, proposalRefusal, removedBefore } from './refusals.js';
import type { OwnRequests } from './requests.js';
import { WaitingProposals } from './waiting-proposals.js';

/**
 * What local providers propose, from the call to its one answer (`client-api.md`, Proposals).
 *
 * A daemon has only so many proposals open at the leader; the rest waits here, in order per process, so
 * that a full group makes its proposers wait. An answer is the delivered START, or a refusal. `REMOVED` is
 * given only when the proposal was not run, and after the provider has heard that it is out.
 */
export class Proposals {
  readonly #shared: Shared;
  readonly #members: LocalMembers;
  readonly #requests: OwnRequests;
  readonly #waiting = new WaitingProposals();
  /**
   * Not run since their proposer is out, which is still to be delivered here. They stay open at the
   * leader: should the removal die with it, the next leader knows nothing of it and runs them.
   */
  readonly #notRun = new Set<LocalProposal>();
  /** Being voted on. */
  readonly #voted = new Set<LocalProposal>();
  #open = 0;
  #openBytes = 0;
  #window: number;

  constructor(shared: Shared, members: LocalMembers, requests: OwnRequests) {
    this.#shared = shared;
    this.#members = members;
    this.#requests = requests;
    this.#window = shared.options.proposalQueue;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** The queue of the leader is shared out equally. */
  shareAmong(daemons: number): void {
    this.#window = Math.max(1, Math.floor(this.#shared.options.proposalQueue / daemons));
    this.#pump();
  }

  submit(input: Propose): void {
    const { client, request } = input;
    const content = input.kind === 'propose' ? input.proposed : input;
    const count = countOf(content);
    const member = this.#proposerOf(input);
    if (member === 'nowhere') return this.#refuse(client, { request, count }, notInGroup());
    if (member === undefined) {
      // Its removal has been told, so the process knows the reason better.
      this.#refuse(client, { request, count }, removedBefore());
      return;
    }
    const size = sizeOf(content);
    const refusal =
      input.kind === 'propose' ? proposalProblem(member, input, this.#shared.state) : undefined;
    if (refusal !== undefined) {
      this.#refuse(client, { request, count }, refusal);
      return;
    }
    member.owner.pending += count;
    member.owner.pendingBytes += size;
    const phases = input.kind === 'propose' ? input.phases : 1;
    const { timeLimit, trace } = input.kind === 'propose' ? input : PLAIN;
    const state = { n: 0, isWithdrawing: false };
    const { now: at } = this.#shared;
    const asked = { member, request, count, content, phases, timeLimit, trace, at };
    const proposal = { ...asked, size, ...state };
    if (this.#waiting.length === 0 && this.#hasRoom() && this.#mayOpen(proposal)) {
      this.#launch(proposal);
      return;
    }
    this.#waiting.push(proposal);
    // Others may wait for a place of their own while there is room.
    this.#pump();
  }

  /** Undefined: it is out. An operator needs a daemon that is in the group. */
  #proposerOf(input: Propose): LocalProvider | 'nowhere' | undefined {
    const { client, handle } = input;
    if (input.kind !== 'propose' || input.operator !== true) {
      return this.#members.find(client, handle);
    }
    const { membership, options } = this.#shared;
    return membership === undefined
      ? 'nowhere'
      : this.#members.operator(client, handle, options.node);
  }

  #hasRoom(): boolean {
    return (
      this.#open < this.#window && this.#openBytes < WINDOW_BYTES && this.#requests.span < SPAN_MAX
    );
  }

  /** What is dropped when it collides does not queue up at the leader. */
  #mayOpen({ phases, member }: LocalProposal): boolean {
    if (phases === 1 || member.owner.toBeVoted < TO_BE_VOTED_MAX) return true;
    return this.#shared.state?.attributes.contention === 'drop';
  }

  #launch(proposal: LocalProposal): void {
    const n = this.#requests.begin({ kind: 'proposal', proposal });
    proposal.n = n;
    this.#open += 1;
    this.#openBytes += proposal.size;
    if (proposal.phases !== 1) proposal.member.owner.toBeVoted += 1;
    const body = encoded(proposal, this.#requests.low);
    this.#shared.outbox.emit({ kind: 'request', n, body });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      const next = this.#waiting.shift((proposal) => this.#mayOpen(proposal));
      if (next === undefined) return;
      this.#launch(next);
    }
  }

  /** The START of this proposal, its result, is delivered. False: its provider is out already. */
  started(proposal: LocalProposal): boolean {
    this.#close(proposal);
    const isIn = this.#isIn(proposal);
    if (isIn) this.#settle(proposal, 'approved');
    return isIn;
  }

  /** Its START is delivered, and its result is up to the votes. */
  asked(proposal: LocalProposal): void {
    this.#close(proposal);
    if (this.#isIn(proposal)) this.#voted.add(proposal);
  }

  /** The votes have decided. False: its provider is out already, and has its answer. */
  decided(proposal: LocalProposal, outcome: 'approved' | 'rejected'): boolean {
    if (!this.#voted.delete(proposal)) return false;
    this.#settle(proposal, outcome);
    return true;
  }

  #isIn(proposal: LocalProposal): boolean {
    const isIn = proposal.member.removed === undefined;
    if (!isIn) this.#answer(proposal, connectionLost('the provider had ended when this was run'));
    return isIn;
  }

  /** The leader did not run our request `n`. */
  refused(n: number, proposal: LocalProposal, reply: ReplyBody): void {
    const { removed } = proposal.member;
    if (reply.kind === 'proposer-removed' && removed === undefined) {
      this.#notRun.add(proposal);
      return;
    }
    this.#requests.finish(n);
    this.#close(proposal);
    this.#answer(proposal, this.#refusalOf(proposal, reply));
  }

  /** A leader that only knows that it was answered before cannot tell what was dropped from the rest. */
  #refusalOf({ member, isWithdrawing }: LocalProposal, reply: ReplyBody): Refusal {
    if (reply.kind === 'proposer-removed') return removedBefore(member.removed);
    const isDropped = reply.kind === 'withdrawn' && !isWithdrawing;
    return proposalRefusal(isDropped ? { kind: 'collision' } : reply);
  }

  /** The removal of a provider is delivered: what the leader did not run for that is answered. */
  removalDelivered(no: number): void {
    for (const proposal of this.#notRun) {
      if (proposal.member.no !== no) continue;
      this.#requests.finish(proposal.n);
      this.#close(proposal);
      this.#answer(proposal, removedBefore(proposal.member.removed));
    }
  }

  /** The provider has just been told that it is out: what waits here was certainly not run. */
  memberRemoved(member: LocalProvider): void {
    this.#endVoted(member, 'the provider ended while this was voted on');
    for (const proposal of this.#waiting.takeOf(member)) {
      this.#answer(proposal, removedBefore(member.removed));
    }
  }

  /** The group is lost or the daemon stops: for these the process is told that it cannot know. */
  memberLost(member: LocalProvider, why: string): void {
    this.#endVoted(member, why);
    for (const proposal of this.#waiting.takeOf(member)) {
      this.#answer(proposal, connectionLost(why));
    }
  }

  /** The same for what operators have proposed. */
  operatorsLost(why: string): void {
    const isOperators = ({ member }: LocalProposal): boolean => member.no === OPERATOR_NO;
    const waiting = this.#waiting.takeAll(isOperators);
    for (const member of [...this.#voted].filter(isOperators).map((it) => it.member)) {
      this.#endVoted(member, why);
    }
    for (const proposal of waiting) this.#answer(proposal, connectionLost(why));
  }

  /** Its outcome is open: votes may still approve it. */
  #endVoted(member: LocalProvider, why: string): void {
    for (const proposal of this.#voted) {
      if (proposal.member !== member) continue;
      this.#voted.delete(proposal);
      this.#answer(proposal, connectionLost(why));
    }
  }

  /** The membership ended with this one open at the leader. */
  lost(proposal: LocalProposal, why: string): void {
    this.#close(proposal);
    this.#answer(proposal, connectionLost(why));
  }

  /** Takes a proposal back that has not started; one at the leader is asked back. */
  withdraw(client: number, target: number): void {
    const waiting = this.#waiting.takeRequest(client, target);
    if (waiting !== undefined) {
      this.#answer(waiting, aborted('the proposal'));
      return;
    }
    const open = this.#requests.proposal(isRequestOf(client, target));
    if (open === undefined || open.isWithdrawing) return;
    open.isWithdrawing = true;
    this.#requests.withdraw(open.n);
  }

  /** It is not at the leader any more: another one may go. */
  #close(proposal: LocalProposal): void {
    this.#notRun.delete(proposal);
    this.#open -= 1;
    this.#openBytes -= proposal.size;
    if (proposal.phases !== 1) proposal.member.owner.toBeVoted -= 1;
    this.#pump();
  }

  #answer(proposal: LocalProposal, refusal: Refusal): void {
    const { owner } = proposal.member;
    if (!owner.gone) this.#refuse(owner.client, proposal, refusal);
    this.#settle(proposal, refusal.code);
  }

  #settle(proposal: LocalProposal, outcome: string): void {
    const { member, count, size, trace, at: beganAt } = proposal;
    const { owner } = member;
    if (trace !== undefined) {
      const { outbox, now: endedAt } = this.#shared;
      const { kind } = proposal.content;
      outbox.traced({ name: 'request', trace, kind, beganAt, endedAt, outcome });
    }
    owner.pending -= count;
    owner.pendingBytes -= size;
    if (owner.pending === 0) this.#members.forgetIdle(owner);
  }

  /** Each message of a bundle has an answer of its own. */
  #refuse(
    client: number,
    { request: first, count }: Pick<LocalProposal, 'request' | 'count'>,
    refusal: Refusal,
  ): void {
    for (let request = first; request < first + count; request += 1) {
      this.#shared.outbox.toClient(client, { kind: 'refused', request, ...refusal });
    }
  }
}

/** Bytes of proposals that one daemon may have open at the leader. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Distance between the lowest and the highest open request number at most. */
const SPAN_MAX = 65_536;
/**
 * Proposals to be voted on that one process may have open at the leader. They run one by one, in the
 * order in which they came there, so more of them would only make other processes wait.
 */
const TO_BE_VOTED_MAX = 2;

/** A message that nobody votes on. */
const PLAIN = { timeLimit: undefined, trace: undefined };

type Propose = Extract<ClientInput, { readonly kind: 'propose' | 'send' | 'bundle' }>;

function encoded(proposal: LocalProposal, low: number): Uint8Array {
  const { content, member, n } = proposal;
  const proposer = member.no;
  const { trace } = proposal;
  const phases = proposal.phases === 1 ? {} : choiceOf(proposal);
  const choice = trace === undefined ? phases : { ...phases, trace };
  switch (content.kind) {
    case 'send': {
      const { safe, payload } = content;
      return encodeMessageBody({ kind: 'message', safe, proposer, n, low, payload });
    }
    case 'bundle': {
      const { safe, count, content: payloads } = content;
      const bundled = { count, content: payloads };
      return encodeBundleBody({ kind: 'bundle', safe, proposer, n, low, ...bundled });
    }
    case 'expel': {
      const { providers: targets, reason } = content;
      return encodeProposal({ kind: 'expel', low, proposer, targets, reason, ...choice });
    }
    default:
      return encodeProposal({ ...content, low, proposer, ...choice });
  }
}

function choiceOf({ phases, timeLimit }: LocalProposal) {
  return { phases, timeLimit: timeLimit === undefined ? undefined : Math.ceil(timeLimit) };
}
