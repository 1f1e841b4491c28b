import type { Attributes } from '@group-services/wire';
import type { HandleEvent, HandleRecord } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { type DeliveryRules, isConfirming, isPlaced } from './content.js';
import { Said } from './said.js';

/**
 * Collects what providers see of each protocol and passes it on once it is the same for everybody:
 * something safe stands at or after its end at the same handle, or the handle lives at the end. A lost
 * START leaves its name to another one; no story of the lost one is told.
 */
export class Stories implements Checker {
  readonly name = 'stories';
  readonly #rules: DeliveryRules;
  readonly #checkers: readonly StoryChecker[];
  readonly #said = new Said();
  readonly #tellers = new Map<string, Teller>();
  #order = 0;

  constructor(rules: DeliveryRules, checkers: readonly StoryChecker[]) {
    this.#rules = rules;
    this.#checkers = checkers;
  }

  request(event: Parameters<NonNullable<Checker['request']>>[0]): void {
    this.#said.request(event);
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (record.role !== 'provider') return;
    this.#order += 1;
    const teller = this.#teller(record);
    switch (event.kind) {
      case 'snapshot':
        return this.#joined(teller, event);
      case 'ballot':
        return this.#asked(teller, event.message);
      case 'rider':
        this.#open(teller, event.message.protocol).riders.push(event.message);
        return;
      case 'voted':
        return this.#said.vote(record, event.message, this.#order);
      case 'removed':
        return this.#removed(teller, event.message);
      case 'closed':
        this.#tellers.delete(record.key);
        return;
      default:
        if (isPlaced(event)) this.#placed(teller, event);
    }
  }

  finish(final: FinalState): void {
    for (const { key } of final.openHandles) this.#confirm(this.#tellers.get(key));
  }

  #teller(record: HandleRecord): Teller {
    let teller = this.#tellers.get(record.key);
    if (teller === undefined) {
      teller = { record, since: undefined, attributes: undefined, open: undefined, ended: [] };
      this.#tellers.set(record.key, teller);
    }
    return teller;
  }

  #joined(
    teller: Teller,
    { snapshot, attributes }: Extract<HandleEvent, { kind: 'snapshot' }>,
  ): void {
    const { open } = teller;
    // Of a join that it was asked about in an earlier membership of its daemon it has seen no end.
    if (open?.id === snapshot.protocol?.id && open !== undefined) {
      this.#end(teller, open, { kind: 'joined' });
    }
    teller.open = undefined;
    teller.since = snapshot.position;
    teller.attributes = attributes;
    this.#confirm(teller);
  }

  #asked(teller: Teller, ballot: Ballot): void {
    const open = this.#open(teller, ballot.protocol.id);
    open.ballots.push({ order: this.#order, ballot, riders: open.riders });
    open.riders = [];
  }

  #open(teller: Teller, id: string): OpenStory {
    if (teller.open?.id !== id) {
      const { since, attributes } = teller;
      teller.open = { id, since, attributes, ballots: [], riders: [] };
    }
    return teller.open;
  }

  #placed(
    teller: Teller,
    event: Extract<HandleEvent, { kind: Parameters<typeof isConfirming>[0]['kind'] }>,
  ): void {
    // What riders of its own join brought stands beside its snapshot.
    if (event.message.position === teller.since) {
      teller.open = undefined;
      return;
    }
    if (event.kind === 'approved' || event.kind === 'rejected') {
      const open = this.#open(teller, event.message.protocol.id);
      if (event.kind === 'approved') {
        this.#end(teller, open, { kind: 'approved', message: event.message });
        teller.attributes = event.message.attributes?.attributes ?? teller.attributes;
      } else this.#end(teller, open, { kind: 'rejected', message: event.message });
    }
    if (isConfirming(event, this.#rules)) this.#confirm(teller);
  }

  #removed(teller: Teller, message: Removed): void {
    if (message.protocol === undefined) return;
    const open = this.#open(teller, message.protocol.id);
    this.#end(teller, open, { kind: 'removed', message });
    this.#confirm(teller);
  }

  #end(teller: Teller, open: OpenStory, end: StoryEnd): void {
    teller.open = undefined;
    teller.ended.push({ ...open, record: teller.record, end, endOrder: this.#order });
  }

  #confirm(teller: Teller | undefined): void {
    if (teller === undefined || teller.ended.length === 0) return;
    const { ended } = teller;
    teller.ended = [];
    for (const story of ended) {
      for (const checker of this.#checkers) checker.story(story, this.#said);
    }
  }
}

type Ballot = Extract<HandleEvent, { kind: 'ballot' }>['message'];
type Approved = Extract<HandleEvent, { kind: 'approved' }>['message'];
type Rejected = Extract<HandleEvent, { kind: 'rejected' }>['message'];
type Removed = Extract<HandleEvent, { kind: 'removed' }>['message'];

/** A ballot, and when it was shown: numbers grow over all that happens in a run. */
export interface ShownBallot {
  readonly order: number;
  readonly ballot: Ballot;
  /** Message riders that came with it, of the phase before. */
  readonly riders: readonly ShownRider[];
}

export interface ShownRider {
  readonly from: string;
  readonly payload: Uint8Array;
}

export type StoryEnd =
  | { readonly kind: 'approved'; readonly message: Approved }
  | { readonly kind: 'rejected'; readonly message: Rejected }
  | { readonly kind: 'removed'; readonly message: Removed }
  /** Its own join; riders of the last phase come after it and are not told here. */
  | { readonly kind: 'joined' };

/** What one provider saw of one protocol, from the first ballot to the end. */
export interface Story {
  readonly id: string;
  readonly record: HandleRecord;
  /** Position of its snapshot; undefined for a joiner in its own join. */
  readonly since: number | undefined;
  /** In force when the protocol started; undefined for a joiner. */
  readonly attributes: Attributes | undefined;
  readonly ballots: readonly ShownBallot[];
  /** Message riders of the last phase. */
  readonly riders: readonly ShownRider[];
  readonly end: StoryEnd;
  readonly endOrder: number;
}

/** Looks at stories of which every survivor must have the same. */
export interface StoryChecker {
  readonly name: string;
  story(story: Story, said: Said): void;
}

interface OpenStory {
  readonly id: string;
  readonly since: number | undefined;
  readonly attributes: Attributes | undefined;
  readonly ballots: ShownBallot[];
  riders: ShownRider[];
}

interface Teller {
  readonly record: HandleRecord;
  since: number | undefined;
  attributes: Attributes | undefined;
  open: OpenStory | undefined;
  /** Ended, but what a lost daemon alone has shown may be unknown to the others. */
  ended: Story[];
}

/** Position of its START. */
export function startOf({ id }: Pick<Story, 'id'>): number {
  return Number(id.slice(id.indexOf('.') + 1));
}

/** Whether this provider was in the group before the protocol started. */
export function wasListed(story: Story): boolean {
  return story.since !== undefined && story.since < startOf(story);
}

/** The ballot of a phase, from 1. */
export function ballotOf(story: Story, phase: number): ShownBallot | undefined {
  return story.ballots.find(({ ballot }) => ballot.phase === phase);
}
