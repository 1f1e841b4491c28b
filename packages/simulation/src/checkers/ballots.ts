import type { ClientSnapshot, ClientView } from '@group-services/wire';
import type { HandleEvent, HandleRecord } from '../handles.js';
import { hex } from '../hex.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/**
 * Who is asked has seen everything before it: a ballot is about the very list that this handle knows, a
 * joiner is shown the group as it then finds it, and phases come one by one, from the first, of one
 * protocol at a time.
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
      this.#begins(record, known, event.snapshot);
    } else if (event.kind === 'ballot') this.#asked(record, known, event.message);
    else if (event.kind === 'approved' || event.kind === 'rejected') {
      known.view = event.view ?? known.view;
      this.#ended(record, known, event.message);
    } else if (event.kind === 'message' && known.asked !== undefined) {
      this.#fail(record, `hears a message while ${known.asked.id} is voted on`);
    }
  }

  #knownTo(record: HandleRecord): Known {
    const known = this.#known.get(record.key) ?? {
      view: undefined,
      shown: undefined,
      asked: undefined,
    };
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
    const { fence, group } = ballot;
    const shown = known.view ?? group?.view;
    if (shown?.fence !== fence) {
      this.#fail(record, `is asked about list ${fence}, and knows ${shown?.fence ?? 'none'}`);
    }
    if ((known.view === undefined) !== (group !== undefined)) {
      this.#fail(record, `is shown the group by ${id} as a ${known.view ? 'provider' : 'joiner'}`);
    }
    known.shown = group;
  }

  /** The snapshot that ends a voted join has the value from before it, as its ballots had. */
  #begins(record: HandleRecord, known: Known, snapshot: ClientSnapshot): void {
    const { asked, shown } = known;
    if (shown !== undefined && snapshot.protocol?.id === asked?.id) {
      const [before, now] = [shown, snapshot].map((it) => textOf(it.stateValue));
      if (before !== now) this.#fail(record, `begins with the value ${now}, was shown ${before}`);
      if (snapshot.view.version !== shown.view.version + 1) {
        this.#fail(
          record,
          `begins with list ${snapshot.view.version}, after ${shown.view.version}`,
        );
      }
    }
    known.view = snapshot.view;
    known.asked = undefined;
    known.shown = undefined;
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

type Ballot = Extract<HandleEvent, { kind: 'ballot' }>['message'];

/** What one provider knows of its group. */
interface Known {
  view: ClientView | undefined;
  /** The group as the last ballot showed it to a joiner. */
  shown: Ballot['group'];
  /** The protocol that it is asked about, and the phase. */
  asked: { readonly id: string; readonly phase: number } | undefined;
}

function textOf(value: Uint8Array | null): string {
  return value === null ? 'none' : hex(value);
}
