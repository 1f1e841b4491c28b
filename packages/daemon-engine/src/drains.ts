import { type DaemonId, daemonId, type Instant, NEVER, type NodeName } from '@group-services/core';
import type { DrainWish, NodeMessage } from '@group-services/wire';
import { drainReport } from './drain-report.js';
import type { DrainAnswer, ListedNode } from './inputs.js';
import type { InspectParts } from './inspect.js';
import { QuestionLinks } from './question-links.js';

/**
 * Draining, for maintenance without a blink (`docs/adr/0036-a-drained-node-gives-up-its-leads.md`): the
 * daemon hands every group that it leads to another member, takes no more joins, and says how far it is.
 * It stays a member with all its processes. The wish may come to any daemon, which passes it on to that
 * of the node; it lasts until it is taken back or the daemon ends.
 *
 * The timer runs while a question to another daemon is open, or a link made for one.
 */
export class Drains {
  readonly #parts: InspectParts;
  readonly #links: QuestionLinks;
  readonly #open = new Map<number, Open>();
  #last = 0;

  constructor(parts: InspectParts) {
    this.#parts = parts;
    this.#links = new QuestionLinks(parts.shared, parts.peers);
  }

  /** Answers once, within a few seconds. */
  ask(node: NodeName, wish: DrainWish, answer: (answer: DrainAnswer) => void): void {
    const { shared, nameServer } = this.#parts;
    if (node === shared.options.node) return answer({ ok: true, report: this.#perform(wish) });
    if (this.#open.size >= OPEN_MAX) {
      return answer({ ok: false, why: 'too many questions are open at this daemon' });
    }
    const find = (behind: NodeName | undefined): void => {
      nameServer.list(behind === undefined ? undefined : { node: behind }, (listed) => {
        if (!listed.ok) return answer({ ok: false, why: listed.why });
        const { nodes, groups, more } = listed.answer;
        const found = nodes.filter((one) => one.node === node && one.alive).at(-1);
        const last = nodes.at(-1)?.node;
        if (found !== undefined) this.#pass(found, wish, answer);
        else if (more === true && groups.length === 0 && last !== undefined) find(last);
        else answer({ ok: false, why: `node ${node} is not alive; gsctl nodes lists all` });
      });
    };
    find(undefined);
  }

  /** A question or an answer of another daemon. */
  onMessage(from: DaemonId, message: DrainMessage): void {
    if (message.kind === 'ask-drain') {
      const { number, wish } = message;
      this.#links.send(from, { kind: 'drain', number, report: this.#perform(wish) });
      return;
    }
    const open = this.#open.get(message.number);
    if (open?.peer !== from) return;
    this.#open.delete(message.number);
    open.answer({ ok: true, report: message.report });
  }

  deadline(): Instant {
    const due = [...this.#open.values()].map(({ until }) => until);
    return Math.min(NEVER, this.#links.deadline(), ...due);
  }

  onDeadline(): void {
    const { now } = this.#parts.shared;
    for (const [number, { until, answer, node }] of this.#open) {
      if (until > now) continue;
      this.#open.delete(number);
      answer({ ok: false, why: `the daemon of node ${node} did not answer in time` });
    }
    this.#links.onDeadline();
  }

  #pass(listed: ListedNode, wish: DrainWish, answer: Open['answer']): void {
    const { node, incarnation, address } = listed;
    const { peers, shared } = this.#parts;
    this.#last += 1;
    const peer = daemonId(node, incarnation);
    this.#open.set(this.#last, { peer, node, answer, until: shared.now + ANSWER_MS });
    peers.learnAddress(peer, address);
    this.#links.send(peer, { kind: 'ask-drain', number: this.#last, wish });
  }

  #perform(wish: DrainWish): ReturnType<typeof drainReport> {
    const { shared, peers, groups } = this.#parts;
    const wanted = wish === 'look' ? shared.drained : wish === 'drain';
    if (wanted !== shared.drained) {
      shared.drained = wanted;
      shared.log('warn', wanted ? 'drained by an operator' : 'in service again', {
        groups: groups.size,
      });
      peers.sayDrained();
      groups.drained();
    }
    return drainReport(this.#parts);
  }
}

/** Everybody has an answer within this time. */
const ANSWER_MS = 2_000;
const OPEN_MAX = 1_000;

type DrainMessage = Extract<NodeMessage, { readonly kind: 'ask-drain' | 'drain' }>;

interface Open {
  readonly peer: DaemonId;
  readonly node: NodeName;
  readonly until: Instant;
  readonly answer: (answer: DrainAnswer) => void;
}
