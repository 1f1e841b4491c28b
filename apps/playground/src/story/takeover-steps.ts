import type { Entry } from '@group-services/wire';
import type { Happening } from '../stage/happenings.js';

/**
 * Follows one takeover from the first suspicion to the new view, as five steps that a visitor can watch
 * being ticked off. Only what the engines do ticks a step; the words say what it means.
 */
export interface TakeoverStep {
  readonly title: string;
  readonly state: 'waits' | 'runs' | 'done';
  readonly words: string;
}

type Stage = 'suspected' | 'claimed' | 'accepted' | 'cut' | 'over';

interface Followed {
  readonly since: number;
  readonly former: string;
  readonly suspectedBy: Set<string>;
  readonly why: string;
  stage: Stage;
  claimant: string | undefined;
  version: number | undefined;
  /** Everybody who has to answer. */
  asked: string[];
  readonly answers: Map<string, number | null>;
  fetched: boolean;
  view: Entry | undefined;
  overAt: number | undefined;
}

export class TakeoverSteps {
  #followed: Followed | undefined;
  #leader: string | undefined;

  /** Whether one is under way. */
  get isRunning(): boolean {
    return this.#followed !== undefined && this.#followed.stage !== 'over';
  }

  /** When the last one began; undefined before the first. */
  get since(): number | undefined {
    return this.#followed?.since;
  }

  get overAt(): number | undefined {
    return this.#followed?.overAt;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  hear(happening: Happening): void {
    switch (happening.kind) {
      case 'suspects':
        this.#suspected(happening);
        return;
      case 'alive':
        this.#backAgain(happening.by, happening.peer);
        return;
      case 'claims':
        this.#claimed(happening.at, happening.by);
        return;
      case 'accepted':
        this.#accepted(happening.at, happening.entry, happening.change);
        return;
      case 'promises':
        if (this.#followed?.version === happening.version) {
          this.#followed.answers.set(happening.by, happening.upTo);
        }
        return;
      case 'fetches':
        if (this.#followed?.claimant === happening.by) this.#followed.fetched = true;
        return;
      case 'took-over':
        if (this.#followed?.claimant === happening.by) this.#followed.stage = 'cut';
        return;
      case 'view':
        this.#view(happening.at, happening.entry);
        return;
      default:
    }
  }

  get steps(): readonly TakeoverStep[] {
    const followed = this.#followed;
    if (followed === undefined) return [];
    return [
      suspectedStep(followed),
      claimStep(followed),
      acceptStep(followed),
      answersStep(followed),
      viewStep(followed),
    ];
  }

  #suspected({ at, by, peer, why }: Extract<Happening, { kind: 'suspects' }>): void {
    if (peer !== this.#leader) return;
    if (this.isRunning && this.#followed?.former === peer) {
      this.#followed.suspectedBy.add(by);
      return;
    }
    this.#followed = newFollowed(at, peer, by, why);
  }

  #backAgain(by: string, peer: string): void {
    const followed = this.#followed;
    if (followed?.stage !== 'suspected' || followed.former !== peer) return;
    followed.suspectedBy.delete(by);
    if (followed.suspectedBy.size === 0) this.#followed = undefined;
  }

  #claimed(at: number, by: string): void {
    if (!this.isRunning) this.#followed = newFollowed(at, this.#leader ?? '', by, 'silent');
    const followed = this.#followed;
    if (followed === undefined || followed.stage !== 'suspected') return;
    followed.stage = 'claimed';
    followed.claimant = by;
  }

  #accepted(at: number, entry: Entry, change: string): void {
    const leader = nodeIn(entry.leader);
    if (change === 'formed') this.#leader = leader;
    if (change !== 'leader') {
      // Who does not answer is taken off the list, and all are asked anew.
      if (this.isRunning && this.#followed?.claimant === leader) this.#asks(entry);
      return;
    }
    if (!this.isRunning)
      this.#followed = newFollowed(at, this.#leader ?? '', leader, 'out of contact');
    const followed = this.#followed;
    if (followed === undefined) return;
    followed.claimant = leader;
    followed.stage = 'accepted';
    this.#asks(entry);
  }

  #asks(entry: Entry): void {
    const followed = this.#followed;
    if (followed === undefined) return;
    followed.version = entry.version;
    followed.answers.clear();
    const leader = nodeIn(entry.leader);
    followed.asked = entry.members.map(({ id }) => nodeIn(id)).filter((node) => node !== leader);
  }

  #view(at: number, entry: Entry): void {
    this.#leader = nodeIn(entry.leader);
    const followed = this.#followed;
    if (followed === undefined || followed.stage === 'over') return;
    if (followed.claimant !== this.#leader || followed.stage !== 'cut') return;
    followed.stage = 'over';
    followed.view = entry;
    followed.overAt = at;
  }
}

function newFollowed(since: number, former: string, by: string, why: string): Followed {
  return {
    since,
    former,
    suspectedBy: new Set([by]),
    why,
    stage: 'suspected',
    claimant: undefined,
    version: undefined,
    asked: [],
    answers: new Map(),
    fetched: false,
    view: undefined,
    overAt: undefined,
  };
}

export function nodeIn(membership: string): string {
  return /^n\d+/.exec(membership)?.[0] ?? membership;
}

const ORDER: readonly Stage[] = ['suspected', 'claimed', 'accepted', 'cut', 'over'];

/** `running`: the stage in which this step is under way. */
function stateOf({ stage }: Followed, running: Stage): TakeoverStep['state'] {
  const difference = ORDER.indexOf(stage) - ORDER.indexOf(running);
  if (difference < 0) return 'waits';
  return difference === 0 ? 'runs' : 'done';
}

export const SUSPICIONS: Readonly<Record<string, string>> = {
  silent: 'no sign of life came for the time that silence may last',
  deaf: 'it does not hear us any more',
  unreachable: 'its link was closed, and nobody answered a second call',
  stopped: 'it said that it stops',
  superseded: 'a newer start of its node answered',
};

function suspectedStep(followed: Followed): TakeoverStep {
  const by = [...followed.suspectedBy].join(', ');
  const why = SUSPICIONS[followed.why] ?? followed.why;
  return {
    title: 'Suspected',
    state: 'done',
    words: `${by} ${followed.suspectedBy.size > 1 ? 'suspect' : 'suspects'} the leader ${followed.former}: ${why}.`,
  };
}

function claimStep(followed: Followed): TakeoverStep {
  const { claimant, stage } = followed;
  const words =
    claimant === undefined
      ? 'The first in the order of joining that nobody suspects will claim the lead.'
      : `${claimant} is the first that is not suspected, and asks the name server for the lead.`;
  return { title: 'Takeover started', state: stage === 'suspected' ? 'runs' : 'done', words };
}

function acceptStep(followed: Followed): TakeoverStep {
  const { claimant, version, stage } = followed;
  const state = stage === 'suspected' ? 'waits' : stateOf(followed, 'claimed');
  const words =
    version === undefined
      ? 'The name server accepts one claim. While the lease of the old leader is fresh it asks that one first.'
      : `The name server has accepted version ${version}: ${claimant} may lead, and nobody else.`;
  return { title: 'Accepted', state, words };
}

function answersStep(followed: Followed): TakeoverStep {
  const { asked, answers, fetched, claimant } = followed;
  const state = stateOf(followed, 'accepted');
  if (state === 'waits') {
    const words =
      'All members promise to follow no older leader, and say how far they have the stream.';
    return { title: 'Answers', state, words };
  }
  const said = asked.flatMap((node) => {
    const upTo = answers.get(node);
    if (upTo === undefined) return [];
    return upTo === null ? `${node} is joining` : `${node} has it up to ${upTo}`;
  });
  const missing = asked.filter((node) => !answers.has(node));
  if (missing.length > 0) said.push(`${missing.join(' and ')} still to answer`);
  const waits = asked.length === 0 ? `${claimant} is alone` : said.join(', ');
  const rest = fetched ? ` ${claimant} fetched what it had missed.` : '';
  return { title: 'Answers', state, words: `${waits}.${rest}` };
}

function viewStep(followed: Followed): TakeoverStep {
  const { view, stage } = followed;
  if (view === undefined) {
    const words =
      'The stream is cut where the best of them has it; the new view is placed behind the cut, so all see it at the same place.';
    return { title: 'View', state: stage === 'cut' ? 'runs' : 'waits', words };
  }
  const members = view.members.map(({ id }) => nodeIn(id)).join(', ');
  const words = `View ${view.version} is placed: ${nodeIn(view.leader)} leads ${members}. Nothing that anybody has seen is lost.`;
  return { title: 'View', state: 'done', words };
}
