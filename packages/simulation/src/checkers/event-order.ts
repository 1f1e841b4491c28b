import type { HandleEvent } from '../handles.js';
import type { Checker } from './checker.js';
import { isPlaced } from './content.js';
import { Violation } from './violation.js';

interface Last {
  readonly generation: number;
  readonly position: number;
  /** Whose snapshot this is: what riders of that very join brought may stand beside it. */
  readonly joinedBy?: string | undefined;
}

/**
 * The first event of a handle is its snapshot; positions grow strictly from one protocol to the next
 * within one generation, and generations grow from one life that a handle sees to the next. A
 * subscription may learn of a dissolution in a generation of which it saw nothing else.
 */
export class EventOrder implements Checker {
  readonly name = 'event-order';
  readonly #last = new Map<string, Last>();

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
        this.#last.set(record.key, { generation: 0, position: 0 });
        return;
      }
      const generation = record.generation ?? 0;
      const { position } = event.snapshot;
      const grows =
        last === undefined ||
        generation > last.generation ||
        (generation === last.generation && position > last.position);
      if (!grows) this.#fail(record.key, `a snapshot at ${generation}.${position}`, last);
      const joinedBy = record.role === 'provider' ? event.snapshot.protocol?.id : undefined;
      this.#last.set(record.key, { generation, position, joinedBy });
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
    const isOfJoin = event.kind === 'approved' && event.message.protocol.id === last.joinedBy;
    if (isOfJoin && position === last.position) {
      this.#last.set(record.key, { generation: last.generation, position });
      return;
    }
    if (position <= last.position) this.#fail(record.key, `${event.kind} at ${position}`, last);
    this.#last.set(record.key, { generation: last.generation, position });
  }

  #fail(key: string, what: string, last: Last | undefined): never {
    const after = last === undefined ? 'nothing' : `${last.generation}.${last.position}`;
    throw new Violation(this.name, `${key} sees ${what} after ${after}`);
  }
}
