import type { HandleEvent, HandleRecord } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { type Content, contentOf, type DeliveryRules, isPlaced, textOf } from './content.js';
import { Intervals } from './intervals.js';
import { Violation } from './violation.js';

/**
 * Equal content at equal position, and nothing left out: between the positions that a provider saw
 * it saw all that any other saw; a subscriber saw all changes of the kinds it asked for.
 *
 * Agreed messages count once something safe after them confirmed them at the same handle (or the
 * handle lives at the end): what a lost daemon showed alone may be unknown to the others.
 */
export class SameContent implements Checker {
  readonly name = 'same-content';
  readonly #rules: DeliveryRules;
  readonly #streams = new Map<string, Stream>();
  readonly #lanes = new Map<string, Lane>();

  constructor(rules: DeliveryRules) {
    this.#rules = rules;
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind === 'snapshot') {
      this.#lanes.set(record.key, {
        record,
        generation: record.generation ?? 0,
        from: event.snapshot.position,
        confirmed: event.snapshot.position,
        open: new Map(),
      });
      return;
    }
    const lane = this.#lanes.get(record.key);
    if (lane === undefined) return;
    if (event.kind === 'closed' || event.kind === 'dissolved') {
      this.#lanes.delete(record.key);
      return;
    }
    if (event.kind === 'removed') {
      // Its protocol is safe, so that all before it counts; its own content only the others see.
      if (event.message.protocol !== undefined) this.#confirm(lane, event.message.position - 1);
      this.#lanes.delete(record.key);
      return;
    }
    // What riders of its own join brought stands with its snapshot.
    if (!isPlaced(event) || event.message.position === lane.from) return;
    const content = contentOf(event, this.#rules);
    lane.open.set(event.message.position, content);
    if (content.safe) this.#confirm(lane, event.message.position);
  }

  finish(final: FinalState): void {
    for (const { key } of final.openHandles) {
      const lane = this.#lanes.get(key);
      if (lane !== undefined) this.#confirm(lane, Math.max(lane.confirmed, ...lane.open.keys()));
    }
  }

  #confirm(lane: Lane, upTo: number): void {
    const { record } = lane;
    const stream = this.#stream(`${record.group} ${lane.generation}`);
    for (const [position, content] of lane.open) this.#compare(stream, lane, position, content);
    for (let position = lane.confirmed + 1; position <= upTo; position += 1) {
      const placed = stream.placed.get(position);
      if (placed === undefined || lane.open.has(position) || !isVisible(record, placed)) continue;
      const text = `${record.key} did not see ${textOf(placed.content)}`;
      throw new Violation(this.name, `${text} at ${position}, ${placed.by} did`);
    }
    if (record.role === 'provider') stream.seen.add(lane.confirmed + 1, upTo);
    lane.confirmed = upTo;
    lane.open.clear();
  }

  #compare(stream: Stream, lane: Lane, position: number, content: Content): void {
    const placed = stream.placed.get(position);
    const { key, group, role } = lane.record;
    if (placed !== undefined) {
      const expected = textOf(shownTo(lane.record, placed.content));
      if (expected === textOf(content)) return;
      const text = `${group} ${lane.generation}.${position} is ${expected}`;
      throw new Violation(this.name, `${text} at ${placed.by} and ${textOf(content)} at ${key}`);
    }
    if (content.hiddenFrom.length === 0 && stream.seen.has(position)) {
      const text = `${key} alone sees ${textOf(content)}`;
      throw new Violation(this.name, `${text} at ${group} ${lane.generation}.${position}`);
    }
    // A change of attributes shows to providers only in part of what subscribers see.
    if (role === 'provider') stream.placed.set(position, { content, by: key });
  }

  #stream(name: string): Stream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = { placed: new Map(), seen: new Intervals() };
      this.#streams.set(name, stream);
    }
    return stream;
  }
}

interface Placed {
  readonly content: Content;
  readonly by: string;
}

/** What is known of one generation of one group. */
interface Stream {
  readonly placed: Map<number, Placed>;
  /** Where some provider saw everything there was. */
  readonly seen: Intervals;
}

/** What one handle saw since its last safe event. */
interface Lane {
  readonly record: HandleRecord;
  generation: number;
  /** Where it began. */
  readonly from: number;
  confirmed: number;
  readonly open: Map<number, Content>;
}

function isVisible(record: HandleRecord, { content }: Placed): boolean {
  if (record.role === 'provider') return !content.hiddenFrom.includes(record.provider ?? '');
  return (record.membership && content.membership !== '') || (record.state && content.state !== '');
}

/** What a subscriber did not ask for is kept from it, and everything but lists and state values. */
function shownTo(record: HandleRecord, content: Content): Content {
  if (record.role === 'provider') return content;
  const membership = record.membership ? content.membership : '';
  return { ...content, membership, state: record.state ? content.state : '', rest: '' };
}
