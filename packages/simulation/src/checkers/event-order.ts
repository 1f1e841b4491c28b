import { type HandleEvent, viewPositionOfFence } from '../handles.js';
import type { Checker } from './checker.js';
import { type DeliveryRules, isConfirming, isPlaced } from './content.js';
import { Violation } from './violation.js';

/**
 * The first event of a handle is its snapshot; positions grow strictly from one protocol to the next
 * within one generation, and generations grow from one life that a handle sees to the next. A
 * subscription may learn of a dissolution in a generation of which it saw nothing else.
 *
 * A persistent one outlives that its daemon falls out. Positions of agreed messages that nobody else had
 * are then used again (`client-api.md`, Events): the snapshot with which it goes on may stand among them,
 * but never before what it saw delivered safe.
 */
export class EventOrder implements Checker {
  readonly name = 'event-order';
  readonly #last = new Map<string, Last>();
  readonly #rules: DeliveryRules;

  constructor(rules: DeliveryRules) {
    this.#rules = rules;
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind === 'closed') {
      this.#last.delete(record.key);
      return;
    }
    const last = this.#last.get(record.key);
    if (event.kind === 'snapshot') {
      if (event.snapshot.view.fence === '') {
        // An empty group has no life yet: nothing to compare, anything may follow.
        this.#last.set(record.key, { generation: 0, position: 0, confirmed: 0 });
        return;
      }
      const generation = record.generation ?? 0;
      const { position } = event.snapshot;
      const stands = (record.persistent ? last?.confirmed : last?.position) ?? 0;
      const grows =
        last === undefined ||
        generation > last.generation ||
        (generation === last.generation && position > stands);
      if (!grows) this.#fail(record.key, `a snapshot at ${generation}.${position}`, last);
      const joinedBy = record.role === 'provider' ? event.snapshot.protocol?.id : undefined;
      // The list was made by something safe.
      const confirmed = viewPositionOfFence(event.snapshot.view.fence);
      this.#last.set(record.key, { generation, position, confirmed, joinedBy });
      return;
    }
    if (!isPlaced(event) && event.kind !== 'removed') return;
    // A removal that no protocol of the group brought about has no place of its own.
    if (event.kind === 'removed' && event.message.protocol === undefined) return;
    // Of a join that was voted down the joiner sees nothing else.
    if (last === undefined && event.kind === 'rejected') return;
    if (last === undefined) {
      throw new Violation(this.name, `${record.key} sees ${event.kind} before its snapshot`);
    }
    const { position } = event.message;
    const isSafe = isPlaced(event) && isConfirming(event, this.#rules);
    const confirmed = isSafe ? position : last.confirmed;
    const isOfJoin = event.kind === 'approved' && event.message.protocol.id === last.joinedBy;
    if (isOfJoin && position === last.position) {
      this.#last.set(record.key, { generation: last.generation, position, confirmed });
      return;
    }
    if (position <= last.position) this.#fail(record.key, `${event.kind} at ${position}`, last);
    this.#last.set(record.key, { generation: last.generation, position, confirmed });
  }

  #fail(key: string, what: string, last: Last | undefined): never {
    const after = last === undefined ? 'nothing' : `${last.generation}.${last.position}`;
    throw new Violation(this.name, `${key} sees ${what} after ${after}`);
  }
}

interface Last {
  readonly generation: number;
  readonly position: number;
  /** Of the newest change that it saw delivered safe: everything up to there stands. */
  readonly confirmed: number;
  /** Whose snapshot this is: what riders of that very join brought may stand beside it. */
  readonly joinedBy?: string | undefined;
}
