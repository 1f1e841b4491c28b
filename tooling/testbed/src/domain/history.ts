// What all members have seen, compared. Written against the promises of the SDK's documentation, not
// against the engines. Every message of these tests is a safe one, so what one provider has been given
// holds for all: also for one that was removed, and for one cut off that did not know it yet.
import type { Outcome, PlainEvent, PlainView } from '../member/lines.js';
import type { Life } from './member.js';

/** What is known of one member. */
export interface Witness {
  readonly name: string;
  readonly lives: readonly Life[];
  /** Of each message it sent; undefined when that is not known. */
  readonly outcomes: ReadonlyMap<string, Outcome | undefined>;
  /** Its process was ended, with no time to tell the rest. */
  readonly isEnded?: boolean | undefined;
}

/** Each broken promise as a sentence. */
export function complaints(members: readonly Witness[]): readonly string[] {
  const lives = members.flatMap(({ lives: all }) => all);
  const stories = storiesOf(lives);
  return [
    ...members.flatMap(outcomesAreDefinite),
    ...members.flatMap((member) => acknowledgedIsSeen(member, stories)),
    ...fencesGrow(members),
    ...lives.flatMap(ordersFit),
    ...lives.flatMap((life) => nothingIsMissing(life, stories)),
    ...[...stories.values()].flatMap(({ conflicts }) => conflicts),
    ...[...stories.values()].flatMap(textsAreUnique),
  ];
}

/** One life of the group as all its members together have seen it: one event for each place. */
interface Story {
  readonly events: Map<string, SharedEvent>;
  readonly conflicts: string[];
}

type SharedEvent = Extract<PlainEvent, { readonly type: 'membership' | 'state' | 'message' }>;

/** Lists and messages keep their position; a snapshot stands for a join, a removal for its own end. */
function isShared(event: PlainEvent): event is SharedEvent {
  return event.type === 'membership' || event.type === 'state' || event.type === 'message';
}

function place(event: PlainEvent): string {
  return `${event.position} ${event.type}`;
}

function storiesOf(lives: readonly Life[]): ReadonlyMap<string, Story> {
  const stories = new Map<string, Story>();
  for (const life of lives) {
    const generation = generationOf(life);
    const story: Story = stories.get(generation) ?? { events: new Map(), conflicts: [] };
    stories.set(generation, story);
    for (const event of life.events.filter(isShared)) {
      const known = story.events.get(place(event));
      if (known === undefined) story.events.set(place(event), event);
      else if (JSON.stringify(known) !== JSON.stringify(event)) {
        const both = `${JSON.stringify(known)} and ${JSON.stringify(event)}`;
        story.conflicts.push(`${life.provider} (${life.number}): ${both} at one place`);
      }
    }
  }
  return stories;
}

/** Which life of the group a membership belongs to: what every fence of that life begins with. */
function generationOf(life: Life): string {
  const [first] = life.events;
  return first?.type === 'snapshot' ? (first.view.fence.split('-')[0] ?? '') : 'none';
}

/** Between the first and the last event of a membership it has everything that anybody has. */
function nothingIsMissing(life: Life, stories: ReadonlyMap<string, Story>): readonly string[] {
  const own = new Set(life.events.map(place));
  const first = life.events[0]?.position ?? 0;
  const last = life.events.filter(isShared).at(-1)?.position ?? first;
  return [...(stories.get(generationOf(life))?.events.values() ?? [])]
    .filter(({ position }) => position > first && position < last)
    .filter((event) => !own.has(place(event)))
    .map((event) => `${life.provider} (${life.number}) has missed ${JSON.stringify(event)}`);
}

function ordersFit(life: Life): readonly string[] {
  const wrong: string[] = [];
  const numbers = new Map<string, number>();
  let position = 0;
  let state: string | null = null;
  for (const event of life.events) {
    if (event.position < position) wrong.push(`${place(event)} comes after ${position}`);
    position = event.position;
    if (event.type === 'snapshot') state = event.state;
    if (event.type === 'state') {
      if (event.previous !== state) wrong.push(`${place(event)}: ${event.previous} was ${state}`);
      state = event.value;
    }
    if (event.type !== 'message') continue;
    const [sender = '', number = ''] = event.text.split('.');
    if (Number(number) <= (numbers.get(sender) ?? 0)) wrong.push(`${event.text} comes late`);
    numbers.set(sender, Number(number));
  }
  return wrong.map((sentence) => `${life.provider} (${life.number}): ${sentence}`);
}

function textsAreUnique({ events }: Story): readonly string[] {
  const seen = new Map<string, number>();
  const twice: string[] = [];
  for (const event of events.values()) {
    if (event.type !== 'message') continue;
    const before = seen.get(event.text);
    if (before !== undefined) twice.push(`${event.text} at ${before} and at ${event.position}`);
    seen.set(event.text, event.position);
  }
  return twice;
}

/** The two ways in which a proposal of a provider that is removed may end. */
const LOST: ReadonlySet<string> = new Set(['CONNECTION_LOST', 'REMOVED']);

function outcomesAreDefinite({ name, outcomes, isEnded }: Witness): readonly string[] {
  return [...outcomes]
    .filter(([, outcome]) => outcome !== undefined || isEnded !== true)
    .filter(([, outcome]) => outcome !== 'approved' && !LOST.has(outcome ?? ''))
    .map(([text, outcome]) => `${name}: ${text} ended with ${outcome}`);
}

/** What was promised is there, and what was certainly not run is not. */
function acknowledgedIsSeen(
  { name, outcomes }: Witness,
  stories: ReadonlyMap<string, Story>,
): readonly string[] {
  const seen = new Set(
    [...stories.values()]
      .flatMap(({ events }) => [...events.values()])
      .flatMap((event) => (event.type === 'message' ? [event.text] : [])),
  );
  return [...outcomes].flatMap(([text, outcome]) => {
    if (outcome === 'approved' && !seen.has(text)) return [`${name}: ${text} was seen by nobody`];
    if (outcome === 'REMOVED' && seen.has(text)) return [`${name}: ${text} was run all the same`];
    return [];
  });
}

/** One list for each fence, and every member's fences grow from list to list and life to life. */
function fencesGrow(members: readonly Witness[]): readonly string[] {
  const wrong: string[] = [];
  const lists = new Map<string, string>();
  for (const { name, lives } of members) {
    let newest = '';
    for (const { fence, version, providers } of lives.flatMap(viewsOf)) {
      if (fence <= newest) wrong.push(`${name}: fence ${fence} comes after ${newest}`);
      newest = fence;
      const list = `${version}: ${providers.join(' ')}`;
      const other = lists.get(fence) ?? list;
      if (other !== list) wrong.push(`${name}: fence ${fence} is of ${other} and of ${list}`);
      lists.set(fence, list);
    }
  }
  return wrong;
}

function viewsOf({ events }: Life): readonly PlainView[] {
  return events.flatMap((event) => ('view' in event ? [event.view] : []));
}
