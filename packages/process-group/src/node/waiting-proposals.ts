import { Queue } from '@group-services/core';
import type { LocalClient, LocalProposal, LocalProvider } from './local-members.js';
import { isRequestOf } from './proposal-checks.js';

/**
 * Proposals that wait on this node until the leader has room: in order within a process, the processes
 * in turns, so that a flood by one of them holds no other up for longer than its turn.
 */
export class WaitingProposals {
  /** Processes that have something waiting; the first is next. */
  readonly #queues = new Map<LocalClient, Queue<LocalProposal>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(proposal: LocalProposal): void {
    const { owner } = proposal.member;
    let queue = this.#queues.get(owner);
    if (queue === undefined) {
      queue = new Queue();
      this.#queues.set(owner, queue);
    }
    queue.push(proposal);
    this.#length += 1;
  }

  /** The next one that may go; its process is the last in turn from now on. */
  shift(mayGo: (proposal: LocalProposal) => boolean): LocalProposal | undefined {
    for (const [owner, queue] of this.#queues) {
      const next = queue.peek();
      if (next === undefined || !mayGo(next)) continue;
      queue.shift();
      this.#queues.delete(owner);
      if (queue.length > 0) this.#queues.set(owner, queue);
      this.#length -= 1;
      return next;
    }
    return undefined;
  }

  /** Takes out what this provider proposed, oldest first. */
  takeOf(member: LocalProvider): readonly LocalProposal[] {
    return this.#take(member.owner, (proposal) => proposal.member === member);
  }

  /** Takes out all that match, of whatever process. */
  takeAll(matches: (proposal: LocalProposal) => boolean): readonly LocalProposal[] {
    return [...this.#queues.keys()].flatMap((owner) => this.#take(owner, matches));
  }

  /** Takes out what this process calls its request `target`. */
  takeRequest(client: number, target: number): LocalProposal | undefined {
    for (const owner of this.#queues.keys()) {
      if (owner.client !== client) continue;
      return this.#take(owner, isRequestOf(client, target))[0];
    }
    return undefined;
  }

  #take(
    owner: LocalClient,
    matches: (proposal: LocalProposal) => boolean,
  ): readonly LocalProposal[] {
    const queue = this.#queues.get(owner);
    if (queue === undefined) return [];
    const taken = queue.removeAll(matches);
    if (queue.length === 0) this.#queues.delete(owner);
    this.#length -= taken.length;
    return taken;
  }
}
