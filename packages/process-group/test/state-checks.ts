import { changeAt } from '@group-services/testkit';
import type { ToClient } from '@group-services/wire';
import type { Phases } from './phases.js';
import { type Process, textOf } from './processes.js';

type Approved = Extract<ToClient, { kind: 'approved' }>;

interface Value {
  readonly generation: number;
  readonly position: number;
  readonly value: string;
}

/** What one handle knew of the state value, and until when. */
interface Story {
  readonly who: string;
  readonly values: readonly Value[];
  readonly until: number;
}

/**
 * The state value is the sum of approved changes: every snapshot and ballot shows what those who were
 * in all the time have seen approved; a condition held when its change was applied (M23, M24).
 */
export function statesWrong(living: readonly Process[], phases: Phases): readonly string[] {
  const wrong: string[] = [];
  const stories = living.flatMap((process) =>
    [...process.joins.keys()].flatMap((handle) => {
      const story = storyOf(process, handle, wrong);
      return story.values.length > 0 ? [story] : [];
    }),
  );
  return [
    ...wrong,
    ...stories.flatMap((story) => snapshotProblems(story, stories)),
    ...living.flatMap((process) => ridersProblems(process, phases)),
  ];
}

function storyOf(process: Process, handle: number, wrong: string[]): Story {
  const who = `${process.daemon.node}${process.client} handle ${handle}`;
  const values: Value[] = [];
  let present: string | undefined;
  /** What a joiner was shown. */
  let asked: { readonly id: string; readonly value: string } | undefined;
  let until = Number.POSITIVE_INFINITY;
  for (const message of process.heard) {
    if (!('handle' in message) || message.handle !== handle) continue;
    const { generation } = process.heardAt(message);
    if (message.kind === 'removed') until = message.position;
    if (message.kind === 'ballot' && message.group !== undefined) {
      asked = { id: message.protocol.id, value: textOf(message.group.stateValue) };
    }
    if (message.kind === 'joined') {
      const { position, stateValue, protocol } = message.snapshot;
      present = textOf(stateValue);
      if (asked !== undefined && asked.id === protocol?.id && asked.value !== present) {
        wrong.push(`${who}: its ballot shows ${asked.value}, its snapshot ${present}`);
      }
      values.push({ generation, position, value: present });
    }
    if (present === undefined) continue;
    if (message.kind !== 'approved') continue;
    const condition = process.conditions.get(message.request ?? 0);
    if (condition !== undefined && textOf(condition) !== present) {
      wrong.push(`${who}: ${textOf(condition)} was the condition, the state was ${present}`);
    }
    if (message.state === undefined) continue;
    present = textOf(message.state.value);
    values.push({ generation, position: message.position, value: present });
  }
  return { who, values, until };
}

/** What a new provider is told is what the others have. */
function snapshotProblems(story: Story, stories: readonly Story[]): readonly string[] {
  const [first] = story.values;
  if (first === undefined) return [];
  const { generation, position } = first;
  const own = valueAt(story, generation, position);
  return stories.flatMap((other) => {
    if (other.until <= position) return [];
    const known = valueAt(other, generation, position);
    if (known === undefined || known === own) return [];
    return [`${story.who} begins at ${position} with ${own}, ${other.who} has ${known}`];
  });
}

/** Undefined: it was not in at this position. */
function valueAt({ values }: Story, generation: number, position: number): string | undefined {
  const ofGeneration = values.filter((it) => it.generation === generation);
  return changeAt(ofGeneration, position)?.value;
}

/** Of the values proposed in votes, the one that the leader received last becomes the state (§3.5). */
function ridersProblems(process: Process, phases: Phases): readonly string[] {
  return process.heard.flatMap((message) => {
    if (message.kind !== 'approved' || message.phases === 0) return [];
    const ballots = process.heard.filter(
      (it) => it.kind === 'ballot' && it.handle === message.handle && isOf(it.protocol, message),
    );
    const [first] = ballots;
    // A subscriber is not asked, a joiner has the value of before in its snapshot.
    if (first?.kind !== 'ballot') return [];
    const proposed = phases.all
      .filter(({ protocol }) => protocol === message.protocol.id)
      .sort((a, b) => a.no - b.no)
      .flatMap((phase) => phases.counted(phase))
      .flatMap(({ stateValue }) => stateValue ?? []);
    const expected = proposed.at(-1) ?? first.proposedStateValue;
    const [shown, wanted] = [message.state?.value, expected].map((it) => textOf(it ?? null));
    return shown === wanted
      ? []
      : [`${message.protocol.id}: the state became ${shown}, proposed last was ${wanted}`];
  });
}

function isOf({ id }: { readonly id: string }, { protocol }: Approved): boolean {
  return protocol.id === id;
}
