import { hex } from '../hex.js';
import type { Said } from './said.js';
import { ballotOf, type Story, type StoryChecker } from './stories.js';
import { Violation } from './violation.js';

/**
 * The value that a protocol proposes is what it began with, or what a vote of the phase before has put
 * in its place; approved, it becomes the group's value, rejected, there is none.
 */
export class ProposedState implements StoryChecker {
  readonly name = 'proposed-state';

  story(story: Story, said: Said): void {
    const { ballots, end } = story;
    for (const { ballot } of ballots) {
      const { phase, proposedStateValue } = ballot;
      if (phase === 1) {
        const proposes = ballot.protocol.kind === 'state';
        if (proposes !== (proposedStateValue !== undefined)) {
          this.#fail(story, `${ballot.protocol.kind} begins with ${text(proposedStateValue)}`);
        }
      } else this.#follows(story, { phase: phase - 1, value: text(proposedStateValue), said });
    }
    if (end.kind === 'joined' || end.kind === 'removed') return;
    const { message } = end;
    if (message.phases === 0 || ballotOf(story, message.phases) === undefined) return;
    const value =
      end.kind === 'approved' ? end.message.state?.value : end.message.proposedStateValue;
    this.#follows(story, { phase: message.phases, value: text(value), said });
  }

  /** What the votes of this phase may have made of the value that was proposed in it. */
  #follows(
    story: Story,
    { phase, value, said }: { readonly phase: number; readonly value: string; readonly said: Said },
  ): void {
    const { id, record } = story;
    const ballot = ballotOf(story, phase)?.ballot;
    if (ballot === undefined) return;
    const before = text(ballot.proposedStateValue);
    const riders = said.votes(id, phase).flatMap(({ state }) => state ?? []);
    if (value !== before && !riders.includes(value)) {
      this.#fail(story, `after phase ${phase} it is ${value}, which nobody proposed`);
    }
    if (value !== before || ballot.timeLeft !== undefined) return;
    // Without a limit the phase has waited for the vote of this very provider.
    const own = said.votesOf(id, phase, record);
    if (own.length !== 1 || own[0]?.state === undefined || own[0].state === before) return;
    this.#fail(story, `after phase ${phase} it is still ${value}, although its vote replaced it`);
  }

  #fail({ id, record }: Story, what: string): never {
    throw new Violation(this.name, `${id} of ${record.group} at ${record.key}: ${what}`);
  }
}

const NONE = 'none';

function text(value: Uint8Array | undefined): string {
  return value === undefined ? NONE : hex(value);
}
