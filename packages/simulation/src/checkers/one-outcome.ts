import { Agreed } from '@group-services/testkit';
import { hex } from '../hex.js';
import type { Story, StoryChecker } from './stories.js';
import { Violation } from './violation.js';

/**
 * Everybody who sees a protocol sees the same one: the same ballots, phase by phase, with the same
 * list, values, causes and default vote, and the same end after as many phases.
 */
export class OneOutcome implements StoryChecker {
  readonly name = 'one-outcome';
  readonly #told = new Agreed();

  story(story: Story): void {
    const { id, record, end } = story;
    for (const { ballot } of story.ballots) {
      const { group, ...asked } = ballot;
      this.#same(story, `ballot ${ballot.phase}`, JSON.stringify({ ...asked, ...PLAIN }, bytes));
      // Joiners alone are shown the group.
      if (group === undefined) continue;
      this.#same(story, `group of ballot ${ballot.phase}`, JSON.stringify(group, bytes));
    }
    if (end.kind === 'joined') this.#same(story, 'outcome', 'approved');
    if (end.kind === 'removed') {
      const { phases, causes } = end.message;
      // Who proposed its own removal has the whole result; others only that they are out.
      if (phases === undefined) return;
      this.#same(story, 'result', `${phases} phases because of ${JSON.stringify(causes ?? [])}`);
    }
    if (end.kind !== 'approved' && end.kind !== 'rejected') return;
    const { phases, causes, protocol } = end.message;
    this.#same(story, 'outcome', end.kind);
    this.#same(story, 'result', `${phases} phases because of ${JSON.stringify(causes ?? [])}`);
    const asked = story.ballots[0]?.ballot.protocol;
    if (asked === undefined || JSON.stringify(asked) === JSON.stringify(protocol)) return;
    const text = `${id} of ${record.group} begins as ${asked.kind} and ends as ${protocol.kind}`;
    throw new Violation(this.name, text);
  }

  #same({ id, record }: Story, what: string, text: string): void {
    const name = `${what} of ${id} of ${record.group}`;
    const first = this.#told.differing(name, text, record.key);
    if (first === undefined) return;
    const other = `${text} at ${record.key}`;
    throw new Violation(this.name, `${name} is ${first.text} at ${first.by} and ${other}`);
  }
}

/** A handle is the listener's own, and so is the time that was left when it was asked. */
const PLAIN = { handle: 0, timeLeft: 0 };

function bytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? hex(value) : value;
}
