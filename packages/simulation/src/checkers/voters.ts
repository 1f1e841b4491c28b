import { ballotOf, type Story, type StoryChecker, startOf, wasListed } from './stories.js';
import { Violation } from './violation.js';

/**
 * Who votes is fixed when a protocol starts: everybody who was listed then and is not to be removed is
 * asked in every phase, joiners only where the group lets them, and nobody else.
 */
export class Voters implements StoryChecker {
  readonly name = 'voters';
  readonly #joins = new Map<string, Joins>();

  story(story: Story): void {
    const { end, ballots, since } = story;
    for (let phase = 1; phase <= ballots.length; phase += 1) {
      if (ballotOf(story, phase) === undefined) this.#fail(story, `is not asked in phase ${phase}`);
    }
    if (ballots.some(({ ballot }) => isTarget(story, ballot)))
      this.#fail(story, 'is to be expelled');
    if (since !== undefined && since > startOf(story) && ballots.length > 0) {
      this.#fail(story, 'came after the start and is asked');
    }
    if (end.kind === 'joined') this.#joiner(story);
    if (end.kind !== 'approved' && end.kind !== 'rejected') return;
    if (!wasListed(story)) return;
    this.#attributes(story);
    const { phases } = end.message;
    if (ballots.length === phases || this.#isLetOff(story)) return;
    this.#fail(story, `is asked in ${ballots.length} of ${phases} phases`);
  }

  /** The targets of an expel that was voted down have no vote. */
  #isLetOff({ end, record }: Story): boolean {
    if (end.kind !== 'rejected') return false;
    return end.message.leaving.some(
      ({ provider, reason }) => provider === record.provider && reason === 'expel',
    );
  }

  #joiner(story: Story): void {
    const joins = this.#join(story);
    joins.asked.set(story.record.key, story.ballots.length);
    this.#compare(story, joins);
  }

  #attributes(story: Story): void {
    const { end, attributes } = story;
    if (end.kind !== 'approved' || end.message.protocol.kind !== 'join') return;
    if (attributes === undefined || end.message.phases === 0) return;
    const joins = this.#join(story);
    joins.joinersVote = attributes.joinersVote;
    this.#compare(story, joins);
  }

  #join({ id, record }: Story): Joins {
    const name = `${record.group} ${id}`;
    const known = this.#joins.get(name);
    if (known !== undefined) return known;
    const fresh: Joins = { joinersVote: undefined, asked: new Map() };
    this.#joins.set(name, fresh);
    return fresh;
  }

  #compare(story: Story, { joinersVote, asked }: Joins): void {
    if (joinersVote === undefined) return;
    for (const [key, phases] of asked) {
      if (phases > 0 === joinersVote) continue;
      const rule = joinersVote ? 'vote' : 'do not vote';
      this.#fail(story, `joiners ${rule}, and ${key} is asked in ${phases} phases`);
    }
  }

  #fail({ id, record }: Story, text: string): never {
    throw new Violation(this.name, `${record.key} in ${id} of ${record.group}: ${text}`);
  }
}

interface Joins {
  /** Whether joiners vote; undefined while nobody who knows has told. */
  joinersVote: boolean | undefined;
  /** Phases that joiners were asked in, by handle. */
  readonly asked: Map<string, number>;
}

function isTarget({ record }: Story, ballot: Story['ballots'][number]['ballot']): boolean {
  return ballot.leaving.some(
    ({ provider, reason }) => provider === record.provider && reason !== 'leave',
  );
}
