import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  type MembershipId,
  nodeOf,
} from '@group-services/core';
import type { NodeMessage } from '@group-services/wire';
import type { GroupSession } from './group-session.js';
import type { VotesAnswer } from './inputs.js';
import type { NameServerLink } from './name-server-link.js';
import type { Answered } from './name-server-questions.js';
import type { Peers } from './peers.js';
import { QuestionLinks } from './question-links.js';
import type { Shared } from './shared.js';
import { votingReport } from './voting-report.js';
import { waitingText } from './waiting-text.js';

/**
 * Answers whom a group waits for, from any node: the leader knows, so it is asked, over the link
 * between daemons, wherever it is. Without its answer in time there is what this daemon knows itself.
 */
export class VoteQuestions {
  readonly #shared: Shared;
  readonly #ports: VoteQuestionPorts;
  readonly #open = new Map<number, Open>();
  readonly #links: QuestionLinks;
  #last = 0;

  constructor(shared: Shared, ports: VoteQuestionPorts) {
    this.#shared = shared;
    this.#ports = ports;
    this.#links = new QuestionLinks(shared, ports.peers);
  }

  ask(question: number, group: GroupName): void {
    const session = this.#ports.session(group);
    if (session !== undefined && isLeading(session)) {
      const leader = nodeOf(this.#shared.self);
      const voting = votingReport(session, this.#shared.now);
      this.#answer(question, { group, leader, from: 'leader', note: undefined, voting });
      return;
    }
    this.#last += 1;
    const number = this.#last;
    const until = this.#shared.now + ANSWER_MS;
    const waitsFor = 'the name server';
    const open: Open = { question, group, until, leader: undefined, waitsFor };
    if (this.#open.size >= OPEN_MAX) {
      this.#answerFromHere(open, 'too many questions are open at this daemon');
      return;
    }
    this.#open.set(number, open);
    const entry = session?.metagroup?.entry;
    const member = entry?.members.find(({ id }) => id === entry.leader);
    if (member !== undefined) this.#askLeader(number, member.id, member.address);
    else
      this.#ports.nameServer.describe(group, (described) => this.#onDescribed(number, described));
  }

  /** A question or an answer of another daemon. */
  onMessage(from: DaemonId, message: Extract<NodeMessage, { kind: 'ask-votes' | 'votes' }>): void {
    if (message.kind === 'votes') {
      this.#onVotes(from, message);
      return;
    }
    const session = this.#ports.session(message.group);
    const leads = session !== undefined && isLeading(session);
    const voting = session === undefined ? null : votingReport(session, this.#shared.now);
    this.#links.send(from, { kind: 'votes', number: message.number, leads, voting });
  }

  deadline(): Instant {
    let earliest: Instant = this.#links.deadline();
    for (const { until } of this.#open.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    for (const [number, open] of this.#open) {
      if (open.until > now) continue;
      this.#open.delete(number);
      const waiting = this.#ports.session(open.group)?.waitingText;
      this.#answerFromHere(open, waiting ?? `${open.waitsFor} did not answer in time`);
    }
    this.#links.onDeadline();
  }

  /** This daemon is not in the processor group: the name server knows who leads it. */
  #onDescribed(number: number, described: Answered<'described'>): void {
    const open = this.#open.get(number);
    if (open === undefined) return;
    const entry = described.ok ? described.answer.entry : null;
    const waitsFor = described.ok ? described.answer.waitsFor : [];
    const leader = entry?.members.find(({ id }) => id === entry.leader);
    if (leader !== undefined && waitsFor.length === 0) {
      this.#askLeader(number, leader.id, leader.address);
      return;
    }
    this.#open.delete(number);
    if (!described.ok) return this.#answerFromHere(open, described.why);
    if (entry === null) return this.#answer(open.question, undefined);
    open.leader = daemonOf(entry.leader);
    this.#answerFromHere(open, waitingText(open.group, entry.generation, waitsFor));
  }

  #askLeader(number: number, leader: MembershipId, address: string): void {
    const open = this.#open.get(number);
    if (open === undefined) return;
    const peer = daemonOf(leader);
    open.leader = peer;
    open.waitsFor = 'the leader';
    this.#ports.peers.learnAddress(peer, address);
    this.#links.send(peer, { kind: 'ask-votes', number, group: open.group });
  }

  #onVotes(from: DaemonId, { number, leads, voting }: Extract<NodeMessage, { kind: 'votes' }>) {
    const open = this.#open.get(number);
    if (open?.leader !== from) return;
    this.#open.delete(number);
    const { question, group } = open;
    if (leads) {
      const leader = nodeOf(from);
      this.#answer(question, { group, leader, from: 'leader', note: undefined, voting });
    } else {
      this.#answerFromHere(open, 'the leader is changing; ask again');
    }
  }

  #answerFromHere({ question, group, leader }: Open, note: string): void {
    const session = this.#ports.session(group);
    const isMember = session?.metagroup?.entry !== undefined;
    this.#answer(question, {
      group,
      leader: leader === undefined ? undefined : nodeOf(leader),
      from: isMember ? 'member' : 'none',
      note,
      voting: isMember ? votingReport(session, this.#shared.now) : null,
    });
  }

  #answer(question: number, answer: VotesAnswer | undefined): void {
    this.#shared.emit({ kind: 'votesAnswered', question, answer });
  }
}

/** Everybody has an answer within this time. */
const ANSWER_MS = 2_000;
const OPEN_MAX = 1_000;

interface Open {
  readonly question: number;
  readonly group: GroupName;
  readonly until: Instant;
  leader: DaemonId | undefined;
  /** What is missing at the moment. */
  waitsFor: 'the name server' | 'the leader';
}

/** What questions need of the daemon around them. */
export interface VoteQuestionPorts {
  readonly peers: Peers;
  readonly nameServer: NameServerLink;
  readonly session: (group: GroupName) => GroupSession | undefined;
}

function isLeading(session: GroupSession): boolean {
  return session.metagroup?.role === 'leader';
}
