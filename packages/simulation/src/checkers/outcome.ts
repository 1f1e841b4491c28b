import { causeProblems, isOverruled, isSaid } from '@group-services/testkit';
import type { Said, SaidVote } from './said.js';
import { mayBeOf } from './said.js';
import { ballotOf, type Story, type StoryChecker, wasListed } from './stories.js';
import { Violation } from './violation.js';

/**
 * The outcome of a phase is what its votes, the default votes and the rule make it: approved only if
 * no vote that counts rejects or continues, rejected for reasons that are named, and nobody who was
 * asked, lives and did not vote is passed over in silence.
 */
export class Outcome implements StoryChecker {
  readonly name = 'outcome';

  story(story: Story, said: Said): void {
    const { end } = story;
    this.#continued(story, said);
    if (end.kind !== 'approved' && end.kind !== 'rejected') return;
    const { phases, causes = [] } = end.message;
    if (phases === 0) return;
    for (const cause of causes) this.#cause(story, cause, said);
    for (const problem of causeProblems(end.kind, causes)) this.#fail(story, problem);
    this.#defaults(story, causes, said);
    if (wasListed(story)) this.#ownVote(story, end.kind, said);
  }

  /** A next phase has votes to continue behind it, unless phases are fixed, and none to reject. */
  #continued(story: Story, said: Said): void {
    for (const { ballot } of story.ballots) {
      const { phase, causes } = ballot;
      if (phase === 1) continue;
      const before = phase - 1;
      for (const { code, value, provider = '' } of causes) {
        if (code !== 'voted' || value !== 'continue') {
          this.#fail(story, `phase ${phase} is shown because of ${code} to ${value}`);
        }
        const own = said.votes(story.id, before).filter((vote) => mayBeOf(vote, provider));
        if (own.some((vote) => vote.value === 'continue')) continue;
        this.#fail(story, `phase ${phase} is shown because of ${provider}, who did not continue`);
      }
      const own = said.votesOf(story.id, before, story.record);
      if (own.length === 0 || ballotOf(story, before)?.ballot.timeLeft !== undefined) continue;
      if (own.every(({ value }) => value === 'reject')) {
        this.#fail(story, `phase ${phase} is shown although it voted reject`);
      }
    }
  }

  #cause(story: Story, cause: Cause, said: Said): void {
    const { code, value, provider } = cause;
    const { phases } = (story.end as Extract<Story['end'], { kind: 'rejected' }>).message;
    if (code === 'max-phases' || provider === undefined) return;
    if (code === 'provider-failed' && provider === story.record.provider) {
      this.#fail(story, 'is said to have failed');
    }
    const ballot = ballotOf(story, phases)?.ballot;
    if (code === 'time-limit' && ballot !== undefined && ballot.timeLeft === undefined) {
      this.#fail(story, `${provider} is said to be late where there is no limit`);
    }
    const votes = said.votes(story.id, phases).filter((vote) => mayBeOf(vote, provider));
    if (
      isSaid(
        cause,
        votes.map((vote) => vote.value),
      )
    )
      return;
    const wanted = code === 'voted' ? value : 'default';
    this.#fail(story, `${provider} is said to have voted ${wanted}, and did not`);
  }

  /** All default votes of a phase are the same: the one in force, or what a rider made it. */
  #defaults(story: Story, causes: Causes, said: Said): void {
    const { phases } = (story.end as Extract<Story['end'], { kind: 'rejected' }>).message;
    const ballot = ballotOf(story, phases)?.ballot;
    if (ballot === undefined) return;
    const riders = said.votes(story.id, phases).flatMap(({ defaultVote }) => defaultVote ?? []);
    const possible: readonly string[] = [ballot.defaultVote, ...riders];
    for (const { code, value } of causes) {
      if (code === 'voted' || code === 'max-phases' || possible.includes(value)) continue;
      this.#fail(story, `the default vote was ${value}, in force was ${ballot.defaultVote}`);
    }
  }

  #ownVote(story: Story, outcome: 'approved' | 'rejected', said: Said): void {
    const { id, record, end } = story;
    const { phases, causes = [] } = (end as Extract<Story['end'], { kind: 'rejected' }>).message;
    const ballot = ballotOf(story, phases)?.ballot;
    if (ballot === undefined || causes.some(({ provider }) => provider === record.provider)) return;
    const own = said.votesOf(id, phases, record);
    if (outcome === 'approved') {
      if (own.length === 0) this.#fail(story, 'approved without a vote of it, or a default');
      if (isOverruled(own.map(({ value }) => value))) {
        this.#fail(story, `approved although it voted ${valuesOf(own)}`);
      }
      return;
    }
    if (ballot.timeLeft !== undefined) return;
    if (own.length === 0) this.#fail(story, 'rejected without waiting for its vote');
    if (own.every(({ value }) => value === 'reject')) {
      this.#fail(story, 'rejected without naming its vote to reject');
    }
  }

  #fail({ id, record }: Story, text: string): never {
    throw new Violation(this.name, `${id} of ${record.group} at ${record.key}: ${text}`);
  }
}

type Causes = Extract<Story['end'], { kind: 'rejected' }>['message']['causes'];
type Cause = Causes[number];

function valuesOf(votes: readonly SaidVote[]): string {
  return votes.map(({ value }) => value).join(' and ');
}
