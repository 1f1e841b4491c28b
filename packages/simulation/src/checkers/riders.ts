import { hex } from '../hex.js';
import { mayBeOf, type Said } from './said.js';
import { ballotOf, type ShownRider, type Story, type StoryChecker } from './stories.js';
import { Violation } from './violation.js';

/**
 * Message riders are shown as they were given: by that provider, with its vote in the phase that has
 * just ended, once, to everybody alike and in one order; none whose vote must have counted is lost.
 */
export class Riders implements StoryChecker {
  readonly name = 'riders';
  readonly #shown = new Map<string, { readonly text: string; readonly by: string }>();

  story(story: Story, said: Said): void {
    const { end } = story;
    for (const { ballot, riders } of story.ballots) {
      if (ballot.phase > 1) this.#phase(story, ballot.phase - 1, { riders, said });
      else if (riders.length > 0) this.#fail(story, 'riders come before the first phase');
    }
    // A joiner is shown the last ones after its snapshot; who is removed is shown none.
    if (end.kind !== 'approved' && end.kind !== 'rejected') return;
    const { phases } = end.message;
    const { riders } = story;
    if (phases > 0) this.#phase(story, phases, { riders, said });
    else if (riders.length > 0) this.#fail(story, 'riders come with a protocol of one phase');
  }

  #phase(
    story: Story,
    phase: number,
    { riders, said }: { readonly riders: readonly ShownRider[]; readonly said: Said },
  ): void {
    const payloads = riders.map(({ payload }) => hex(payload));
    if (new Set(payloads).size < payloads.length) this.#fail(story, 'a rider is shown twice');
    for (const { from, payload } of riders) {
      const given = said
        .votes(story.id, phase)
        .some((vote) => vote.message === hex(payload) && mayBeOf(vote, from));
      if (!given) this.#fail(story, `${from} gave no such rider in phase ${phase}`);
    }
    this.#same(story, phase, riders);
    if (ballotOf(story, phase)?.ballot.timeLeft !== undefined) return;
    // Without a limit the phase has waited for the vote of this very provider.
    const own = said.votesOf(story.id, phase, story.record);
    const lost = own.length === 1 && own.every(({ message }) => message !== undefined);
    if (lost && !payloads.includes(own[0]?.message ?? '')) {
      this.#fail(story, `its own rider of phase ${phase} is not shown`);
    }
  }

  #same(story: Story, phase: number, riders: readonly ShownRider[]): void {
    const { id, record } = story;
    const text = riders.map(({ from, payload }) => `${from} ${hex(payload)}`).join(', ');
    const name = `${record.group} ${id} ${phase}`;
    const known = this.#shown.get(name);
    if (known === undefined) this.#shown.set(name, { text, by: record.key });
    else if (known.text !== text) {
      this.#fail(story, `riders of phase ${phase} are [${text}], [${known.text}] at ${known.by}`);
    }
  }

  #fail({ id, record }: Story, text: string): never {
    throw new Violation(this.name, `${id} of ${record.group} at ${record.key}: ${text}`);
  }
}
