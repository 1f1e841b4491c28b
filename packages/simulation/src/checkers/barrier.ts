import { isPassedOver } from '@group-services/testkit';
import type { Said } from './said.js';
import { ballotOf, type Story, type StoryChecker, wasListed } from './stories.js';
import { Violation } from './violation.js';

/**
 * Nobody is shown the next phase, or the end, before everybody whose vote counts has given it: a vote
 * given later than that can only have been replaced by the default vote.
 */
export class Barrier implements StoryChecker {
  readonly name = 'barrier';
  readonly #phases = new Map<string, Phase>();

  story(story: Story, said: Said): void {
    const { end, endOrder } = story;
    for (const { order, ballot } of story.ballots) {
      if (ballot.phase > 1) this.#over(story, ballot.phase - 1, order);
    }
    if (end.kind === 'approved' || end.kind === 'rejected') {
      if (end.message.phases > 0) this.#over(story, end.message.phases, endOrder);
    }
    if (!wasListed(story)) return;
    for (const { ballot } of story.ballots) {
      if (this.#mustCount(story, ballot.phase)) this.#count(story, ballot.phase, said);
    }
  }

  #phase({ id, record }: Story, phase: number): Phase {
    const name = `${record.group} ${id} ${phase}`;
    const known = this.#phases.get(name);
    if (known !== undefined) return known;
    const fresh: Phase = { over: Number.POSITIVE_INFINITY, by: '', counted: [] };
    this.#phases.set(name, fresh);
    return fresh;
  }

  #over(story: Story, number: number, order: number): void {
    const phase = this.#phase(story, number);
    if (order >= phase.over) return;
    phase.over = order;
    phase.by = story.record.key;
    for (const counted of phase.counted) this.#compare(story, number, counted);
  }

  /** Whether the phase cannot have ended without a vote of this very provider. */
  #mustCount(story: Story, number: number): boolean {
    const { end, record } = story;
    const isOwn = ({ provider }: { readonly provider?: string | undefined }): boolean =>
      provider === record.provider;
    const next = ballotOf(story, number + 1);
    if (next === undefined && end.kind !== 'approved' && end.kind !== 'rejected') return false;
    if (ballotOf(story, number)?.ballot.timeLeft === undefined) return true;
    if (next !== undefined) return next.ballot.causes.some(isOwn);
    return end.kind === 'approved' && !(end.message.causes ?? []).some(isOwn);
  }

  #count(story: Story, number: number, said: Said): void {
    const { id, record } = story;
    const [first] = said.votesOf(id, number, record);
    const counted = { key: record.key, votedAt: first?.order };
    this.#phase(story, number).counted.push(counted);
    this.#compare(story, number, counted);
  }

  #compare(story: Story, number: number, { key, votedAt }: Counted): void {
    const { id, record } = story;
    const { over, by } = this.#phase(story, number);
    // Who is excused was left out before.
    if (!isPassedOver({ votedAt, isExcused: () => false }, over)) return;
    if (votedAt === undefined) {
      const text = `phase ${number} of ${id} of ${record.group} is over without ${key}`;
      throw new Violation(this.name, text);
    }
    const text = `${by} is shown what follows phase ${number} of ${id} before ${key} votes`;
    throw new Violation(this.name, `${text} in ${record.group}`);
  }
}

/** A vote that must have counted. */
interface Counted {
  readonly key: string;
  /** When its process gave it; undefined: it gave none. */
  readonly votedAt: number | undefined;
}

/** One phase of one protocol. */
interface Phase {
  /** When somebody was first shown what follows it. */
  over: number;
  by: string;
  readonly counted: Counted[];
}
