import type { News } from '../api/answers.js';

/** As long as the daemon keeps it; the page forgets with it. */
export const KEPT_MS = 600_000;
/** Of a group that does much the latest. */
const PROTOCOLS_MAX = 6_000;
const MARKS_MAX = 3_000;

export type VoteValue = 'approve' | 'reject' | 'continue' | 'default';

export interface SeenVote {
  readonly value: VoteValue;
  readonly at: number;
}

/** One voting phase, as far as this page has seen it. */
export interface Phase {
  readonly number: number;
  readonly from: number;
  /** Undefined: it goes on. */
  to: number | undefined;
  readonly votes: Map<string, SeenVote>;
  /** Votes that were only counted. */
  more: number;
}

/** A protocol from START to RESULT. */
export interface Protocol {
  readonly id: string;
  readonly group: string;
  readonly what: string;
  readonly proposer: string | undefined;
  readonly subjects: readonly { readonly provider: string; readonly reason?: string }[];
  readonly isVoted: boolean;
  readonly voters: readonly string[];
  readonly voterCount: number;
  readonly defaultVote: string;
  readonly timeLimitMs: number;
  readonly startedAt: number;
  readonly phases: Phase[];
  endedAt: number | undefined;
  outcome: 'approved' | 'rejected' | undefined;
  causes: readonly { readonly code: string; readonly value: string; readonly provider?: string }[];
}

/** Something that happened at one moment: a vertical line. */
export interface Mark {
  readonly at: number;
  readonly kind: 'failure' | 'view' | 'takeover' | 'suspected' | 'alive' | 'notice';
  /** Undefined: it concerns all groups. */
  readonly group: string | undefined;
  readonly text: string;
}

/**
 * The last ten minutes as the program has told them. It is changed in place; whoever draws it looks at
 * `version`.
 */
export class History {
  /** Counts changes. */
  version = 0;
  readonly protocols: Protocol[] = [];
  readonly marks: Mark[] = [];
  readonly #byId = new Map<string, Protocol>();

  take(news: readonly News[]): void {
    for (const one of news) this.#take(one);
    this.#forget(news.at(-1)?.at ?? 0);
    this.version += 1;
  }

  clear(): void {
    this.protocols.length = 0;
    this.marks.length = 0;
    this.#byId.clear();
    this.version += 1;
  }

  find(group: string, id: string): Protocol | undefined {
    return this.#byId.get(`${group}\n${id}`);
  }

  /** Of one group, oldest first. */
  of(group: string): readonly Protocol[] {
    return this.protocols.filter((protocol) => protocol.group === group);
  }

  marksOf(group: string): readonly Mark[] {
    return this.marks.filter((mark) => mark.group === undefined || mark.group === group);
  }

  #take(news: News): void {
    switch (news.kind) {
      case 'start':
        return this.#start(news);
      case 'votes':
        return this.#votes(news);
      case 'result':
        return this.#result(news);
      case 'announced': {
        const text = `${news.providers.join(', ')}: ${WORDS[news.code] ?? news.code}`;
        return this.#mark({ at: news.at, kind: 'notice', group: news.group, text });
      }
      case 'view':
        return this.#mark(viewMark(news));
      case 'left': {
        const text = `this daemon is not in the group any more (${news.why})`;
        return this.#mark({ at: news.at, kind: 'view', group: news.group, text });
      }
      case 'suspected': {
        const text = `${news.node} counts as failed (${news.why})`;
        return this.#mark({ at: news.at, kind: 'suspected', group: undefined, text });
      }
      case 'alive': {
        const text = `${news.node} is alive again`;
        return this.#mark({ at: news.at, kind: 'alive', group: undefined, text });
      }
      case 'logged':
        return this.#mark(tableMark(news));
    }
  }

  #start(news: Of<'start'>): void {
    const { at, group, protocol: id, what, proposer, subjects, vote } = news;
    const key = `${group}\n${id}`;
    if (this.#byId.has(key)) return;
    const protocol: Protocol = {
      id,
      group,
      what,
      proposer,
      subjects: subjects.map(({ provider, reason }) =>
        reason === undefined ? { provider } : { provider, reason },
      ),
      isVoted: vote !== null,
      voters: vote?.voters ?? [],
      voterCount: vote?.voterCount ?? 0,
      defaultVote: vote?.defaultVote ?? '',
      timeLimitMs: vote?.timeLimitMs ?? 0,
      startedAt: at,
      phases: vote === null ? [] : [phaseFrom(1, at)],
      endedAt: vote === null ? at : undefined,
      outcome: vote === null ? 'approved' : undefined,
      causes: [],
    };
    this.protocols.push(protocol);
    this.#byId.set(key, protocol);
    if (what === 'failure') this.#mark(failureMark(protocol));
  }

  #votes({ at, group, protocol: id, phase: number, votes, more }: Of<'votes'>): void {
    const protocol = this.find(group, id);
    if (protocol === undefined) return;
    let phase = protocol.phases.find((one) => one.number === number);
    if (phase === undefined) {
      phase = phaseFrom(number, at);
      protocol.phases.push(phase);
    }
    for (const { provider, value } of votes) phase.votes.set(provider, { value, at });
    phase.more += more;
  }

  #result({ at, group, protocol: id, phase: number, outcome, causes }: Of<'result'>): void {
    const protocol = this.find(group, id);
    if (protocol === undefined) return;
    const phase = protocol.phases.find((one) => one.number === number);
    if (phase !== undefined) {
      phase.to = at;
      addDefaults(phase, causes, at);
    }
    protocol.causes = causes.map(({ code, value, provider }) =>
      provider === undefined ? { code, value } : { code, value, provider },
    );
    if (outcome !== 'continue') {
      protocol.endedAt = at;
      protocol.outcome = outcome;
    } else if (protocol.phases.every((one) => one.number <= number)) {
      protocol.phases.push(phaseFrom(number + 1, at));
    }
  }

  #mark(mark: Mark): void {
    this.marks.push(mark);
  }

  #forget(now: number): void {
    const since = now - KEPT_MS;
    const old = this.protocols.findIndex((one) => (one.endedAt ?? now) >= since);
    const tooMany = this.protocols.length - PROTOCOLS_MAX;
    const cut = Math.max(old < 0 ? this.protocols.length : old, tooMany);
    if (cut > 0) {
      for (const { group, id } of this.protocols.splice(0, cut))
        this.#byId.delete(`${group}\n${id}`);
    }
    const oldMark = this.marks.findIndex(({ at }) => at >= since);
    const cutMarks = Math.max(
      oldMark < 0 ? this.marks.length : oldMark,
      this.marks.length - MARKS_MAX,
    );
    if (cutMarks > 0) this.marks.splice(0, cutMarks);
  }
}

type Of<Kind> = Extract<News, { readonly kind: Kind }>;

const WORDS: Readonly<Record<string, string>> = {
  'time-limit': 'did not vote in time',
  unresponsive: 'does not answer',
  'responsive-again': 'answers again',
  'self-reported-error': 'reports an error of its own',
};

function phaseFrom(number: number, from: number): Phase {
  return { number, from, to: undefined, votes: new Map(), more: 0 };
}

/** Who did not vote itself is named by the causes. */
function addDefaults(phase: Phase, causes: Of<'result'>['causes'], at: number): void {
  for (const { code, provider } of causes) {
    if (code === 'voted' || provider === undefined || phase.votes.has(provider)) continue;
    phase.votes.set(provider, { value: 'default', at });
  }
}

function failureMark({ startedAt: at, group, subjects }: Protocol): Mark {
  const who = subjects
    .map(({ provider, reason }) => `${provider} (${REASONS[reason ?? ''] ?? reason ?? 'gone'})`)
    .join(', ');
  return { at, kind: 'failure', group, text: `lost ${who}` };
}

const REASONS: Readonly<Record<string, string>> = {
  'process-failure': 'its process died',
  'node-failure': 'its node failed',
  'cast-out': 'its node lost the source',
  goodbye: 'said goodbye',
  quit: 'quit',
};

function viewMark({ at, group, cause, nodes, leader, version }: Of<'view'>): Mark {
  if (cause === 'takeover') {
    const text = `${leader} takes over the lead; now ${nodes.join(', ')}`;
    return { at, kind: 'takeover', group, text };
  }
  const text = `list ${version} of daemons (${cause}): ${nodes.join(', ')}`;
  return { at, kind: 'view', group, text };
}

function tableMark({ at, level, event, fields }: Of<'logged'>): Mark {
  const group = typeof fields['group'] === 'string' ? fields['group'] : undefined;
  const said = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const text = `${event.replaceAll('-', ' ')}: ${said.join(', ')}`;
  const isTakeover = event === 'leader-changed';
  const kind = isTakeover ? 'takeover' : level === 'info' ? 'view' : 'notice';
  return { at, kind, group, text };
}
