import type { ClientView } from '@group-services/wire';
import type { HandleEvent, HandleRecord } from '../handles.js';
import type { Checker } from './checker.js';
import { hex } from './content.js';
import { Violation } from './violation.js';

type Ballot = Extract<HandleEvent, { kind: 'ballot' }>['message'];

/** What one provider knows of its group. */
interface Known {
  view: ClientView | undefined;
  state: string;
  /** The protocol that it is asked about, and the phase. */
  asked: { readonly id: string; readonly phase: number } | undefined;
}

const NONE = 'none';

/**
 * Who is asked has seen everything before it: a ballot shows the list and the state value as this very
 * handle knows them, and phases come one by one, from the first, of one protocol at a time.
 */
export class Ballots implements Checker {
  readonly name = 'ballots';
  readonly #known = new Map<string, Known>();

  handle(event: HandleEvent): void {
    const { record } = event;
    if (record.role !== 'provider') return;
    if (event.kind === 'closed' || event.kind === 'removed') {
      this.#known.delete(record.key);
      return;
    }
    const known = this.#knownTo(record);
    if (event.kind === 'snapshot') {
      const { view, stateValue } = event.snapshot;
      known.view = view;
      known.state = stateValue === null ? NONE : hex(stateValue);
      known.asked = undefined;
    } else if (event.kind === 'ballot') this.#asked(record, known, event.message);
    else if (event.kind === 'approved' || event.kind === 'rejected') {
      known.view = event.message.membership?.view ?? known.view;
      if (event.kind === 'approved' && event.message.state !== undefined) {
        known.state = hex(event.message.state.value);
      }
      this.#ended(record, known, event.message);
    } else if (event.kind === 'message' && known.asked !== undefined) {
      this.#fail(record, `hears a message while ${known.asked.id} is voted on`);
    }
  }

  #knownTo(record: HandleRecord): Known {
    const known = this.#known.get(record.key) ?? { view: undefined, state: NONE, asked: undefined };
    this.#known.set(record.key, known);
    return known;
  }

  #asked(record: HandleRecord, known: Known, ballot: Ballot): void {
    const { protocol, phase } = ballot;
    const { id } = protocol;
    const expected = known.asked?.id === id ? known.asked.phase + 1 : 1;
    // A joiner whose daemon has lost its membership meanwhile joins once more.
    if (known.asked !== undefined && known.asked.id !== id && known.view !== undefined) {
      this.#fail(record, `is asked about ${id} before the end of ${known.asked.id}`);
    }
    if (phase !== expected)
      this.#fail(record, `is asked about phase ${phase} after ${expected - 1}`);
    known.asked = { id, phase };
    // A joiner knows nothing yet.
    if (known.view === undefined) return;
    const { providers, version, fence } = ballot.view;
    if (fence !== known.view.fence || providers.join() !== known.view.providers.join()) {
      const own = `${known.view.version} [${known.view.providers.join(' ')}]`;
      this.#fail(record, `is shown ${version} [${providers.join(' ')}] by a ballot, after ${own}`);
    }
    const state = ballot.stateValue === null ? NONE : hex(ballot.stateValue);
    if (state !== known.state) {
      this.#fail(record, `is shown the value ${state} by a ballot, after ${known.state}`);
    }
  }

  #ended(
    record: HandleRecord,
    known: Known,
    {
      protocol,
      phases,
    }: Pick<Extract<HandleEvent, { kind: 'rejected' }>['message'], 'protocol' | 'phases'>,
  ): void {
    const { asked } = known;
    known.asked = undefined;
    if (asked === undefined) return;
    if (asked.id !== protocol.id) this.#fail(record, `sees no end of ${asked.id}`);
    if (asked.phase === phases) return;
    this.#fail(record, `sees ${asked.id} end in phase ${phases} and was asked in ${asked.phase}`);
  }

  #fail({ key, group }: HandleRecord, text: string): never {
    throw new Violation(this.name, `${key} of ${group} ${text}`);
  }
}
