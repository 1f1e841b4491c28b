import {
  type DaemonId,
  type Engine,
  type Instant,
  incarnationOf,
  NEVER,
  nodeOf,
} from '@group-services/core';

/** Frames kept while a link is being made. */
const WAITING_FRAMES_MAX = 4_096;
/** After a failed dial nothing is tried for so long; what is sent meanwhile is dropped. */
const DIAL_PAUSE_MS = 100;

/** Names one attempt to dial, and the link that came of it. */
export type Attempt = number;

/** Why no link came of an attempt, as far as it matters. */
export type DialFailure =
  /** This process lacks what dialling needs. */
  | 'exhausted'
  /** No answer in time, of the system there or of the program. */
  | 'silence'
  /** A definite answer, or none that could ever come. */
  | 'refusal';

export type DialOutcome =
  /** Somebody answered HELLO and says who it is. */
  | {
      readonly kind: 'welcomed';
      readonly node: string | undefined;
      readonly incarnation: number | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: DialFailure };

/** Something that happens to the links of a daemon to others; frames are the owner's. */
export type PeerDiallingInput<Frame> =
  | {
      readonly kind: 'send';
      readonly peer: DaemonId;
      readonly address: string;
      readonly frame: Frame;
    }
  /** Find out whether the peer is there: a link that stands says nothing, a new one is tried. */
  | { readonly kind: 'probe'; readonly peer: DaemonId; readonly address: string }
  | { readonly kind: 'drop'; readonly peer: DaemonId }
  | {
      readonly kind: 'dialled';
      readonly peer: DaemonId;
      readonly attempt: Attempt;
      readonly outcome: DialOutcome;
    }
  /** A link is over, closed by this end or not. */
  | {
      readonly kind: 'ended';
      readonly peer: DaemonId;
      readonly attempt: Attempt;
      readonly by: 'us' | 'others';
    }
  /** Every link is closed; none is made any more. */
  | { readonly kind: 'close' };

export type PeerDiallingOutput<Frame> =
  | {
      readonly kind: 'dial';
      readonly peer: DaemonId;
      readonly address: string;
      readonly attempt: Attempt;
    }
  /** Nobody waits for this attempt any more. */
  | { readonly kind: 'giveUp'; readonly attempt: Attempt }
  | { readonly kind: 'transmit'; readonly attempt: Attempt; readonly frames: readonly Frame[] }
  /** What is queued is still written. */
  | { readonly kind: 'closeLink'; readonly attempt: Attempt }
  | { readonly kind: 'abortLink'; readonly attempt: Attempt }
  | { readonly kind: 'up'; readonly peer: DaemonId; readonly address: string }
  /** The peer's side closed a link that stood. */
  | { readonly kind: 'closed'; readonly peer: DaemonId }
  /** Why a link could not be made is for people; `another`: somebody else answers at the address. */
  | {
      readonly kind: 'notReached';
      readonly peer: DaemonId;
      readonly address: string;
      readonly whose: 'ours' | 'theirs';
      readonly another: boolean;
    }
  /** Definitely nobody there. */
  | { readonly kind: 'unreachable'; readonly peer: DaemonId }
  | { readonly kind: 'superseded'; readonly peer: DaemonId; readonly incarnation: number };

type State<Frame> =
  | {
      readonly kind: 'dialling';
      readonly attempt: Attempt;
      readonly address: string;
      readonly waiting: Frame[];
    }
  | { readonly kind: 'up'; readonly attempt: Attempt }
  | { readonly kind: 'down'; readonly until: Instant };

/**
 * Decides about a daemon's outgoing links, one per peer that it has something to say to: when one is
 * dialled, what waits for it, which of two is kept, and what follows when none comes to stand. What cannot
 * be delivered is dropped: the groups above notice and repair.
 */
export class PeerDialling<Frame>
  implements Engine<PeerDiallingInput<Frame>, PeerDiallingOutput<Frame>>
{
  readonly #states = new Map<DaemonId, State<Frame>>();
  #attempts = 0;
  #closed = false;

  /** It waits for nothing: a pause is looked at when there is something to send. */
  deadline(): Instant {
    return NEVER;
  }

  /** The link to this peer, if it stands. */
  linkTo(peer: DaemonId): Attempt | undefined {
    const state = this.#states.get(peer);
    return state?.kind === 'up' ? state.attempt : undefined;
  }

  step(input: PeerDiallingInput<Frame>, now: Instant): readonly PeerDiallingOutput<Frame>[] {
    switch (input.kind) {
      case 'send':
        return this.#send(input, now);
      case 'probe':
        return this.#probe(input.peer, input.address);
      case 'drop':
        return this.#drop(input.peer);
      case 'dialled':
        return this.#dialled(input, now);
      case 'ended':
        return this.#ended(input);
      case 'close':
        this.#closed = true;
        return [...this.#states.keys()].flatMap((peer) => this.#drop(peer));
    }
  }

  #send(
    input: PeerDiallingInput<Frame> & { readonly kind: 'send' },
    now: Instant,
  ): readonly PeerDiallingOutput<Frame>[] {
    const { peer, address, frame } = input;
    const state = this.#states.get(peer);
    if (state?.kind === 'up') {
      return [{ kind: 'transmit', attempt: state.attempt, frames: [frame] }];
    }
    if (state?.kind === 'dialling') {
      if (state.waiting.length < WAITING_FRAMES_MAX) state.waiting.push(frame);
      return [];
    }
    if (state !== undefined && now < state.until) return [];
    return this.#dial(peer, address, [frame]);
  }

  #probe(peer: DaemonId, address: string): readonly PeerDiallingOutput<Frame>[] {
    const state = this.#states.get(peer);
    if (state?.kind === 'dialling') return [];
    const dial = this.#dial(peer, address, []);
    return state?.kind === 'up' ? [{ kind: 'closeLink', attempt: state.attempt }, ...dial] : dial;
  }

  #drop(peer: DaemonId): readonly PeerDiallingOutput<Frame>[] {
    const state = this.#states.get(peer);
    this.#states.delete(peer);
    if (state === undefined || state.kind === 'down') return [];
    return [{ kind: state.kind === 'up' ? 'closeLink' : 'giveUp', attempt: state.attempt }];
  }

  #dial(peer: DaemonId, address: string, waiting: Frame[]): readonly PeerDiallingOutput<Frame>[] {
    if (this.#closed) return [];
    this.#attempts += 1;
    const attempt = this.#attempts;
    this.#states.set(peer, { kind: 'dialling', attempt, address, waiting });
    return [{ kind: 'dial', peer, address, attempt }];
  }

  #dialled(
    input: PeerDiallingInput<Frame> & { readonly kind: 'dialled' },
    now: Instant,
  ): readonly PeerDiallingOutput<Frame>[] {
    const { peer, attempt, outcome } = input;
    const state = this.#states.get(peer);
    if (state?.kind !== 'dialling' || state.attempt !== attempt) {
      return outcome.kind === 'welcomed' ? [{ kind: 'closeLink', attempt }] : [];
    }
    const { address, waiting } = state;
    if (outcome.kind === 'welcomed' && isPeer(peer, outcome)) {
      this.#states.set(peer, { kind: 'up', attempt });
      const up = { kind: 'up', peer, address } as const;
      return waiting.length > 0 ? [{ kind: 'transmit', attempt, frames: waiting }, up] : [up];
    }
    this.#states.set(peer, { kind: 'down', until: now + DIAL_PAUSE_MS });
    return outcome.kind === 'welcomed'
      ? [{ kind: 'abortLink', attempt }, ...anotherAnswered(peer, address, outcome)]
      : failed(peer, address, outcome.failure);
  }

  #ended(
    input: PeerDiallingInput<Frame> & { readonly kind: 'ended' },
  ): readonly PeerDiallingOutput<Frame>[] {
    const { peer, attempt, by } = input;
    const state = this.#states.get(peer);
    const isOver = state !== undefined && state.kind !== 'down' && state.attempt === attempt;
    if (isOver) this.#states.set(peer, { kind: 'down', until: 0 });
    return by === 'us' ? [] : [{ kind: 'closed', peer }];
  }
}

type Welcomed = Extract<DialOutcome, { readonly kind: 'welcomed' }>;

function isPeer(peer: DaemonId, { node, incarnation }: Welcomed): boolean {
  return node === nodeOf(peer) && incarnation === incarnationOf(peer);
}

/** An output without frames. */
type Verdict = Exclude<PeerDiallingOutput<never>, { readonly kind: 'transmit' }>;

/**
 * A newer daemon of its node has taken the peer's place, or somebody else's has its address: incarnations of different
 * nodes are of different clocks and say nothing of each other.
 */
function anotherAnswered(
  peer: DaemonId,
  address: string,
  { node, incarnation = 0 }: Welcomed,
): readonly Verdict[] {
  if (node === nodeOf(peer) && incarnation > incarnationOf(peer)) {
    return [{ kind: 'superseded', peer, incarnation }];
  }
  return [
    { kind: 'notReached', peer, address, whose: 'theirs', another: true },
    { kind: 'unreachable', peer },
  ];
}

/**
 * What we lack ourselves says nothing of the peer. Nor does time that has passed: either side may be busy,
 * and silence is judged by those who know how much they have not read.
 */
function failed(peer: DaemonId, address: string, failure: DialFailure): readonly Verdict[] {
  const whose = failure === 'exhausted' ? 'ours' : 'theirs';
  const notReached = { kind: 'notReached', peer, address, whose, another: false } as const;
  return failure === 'refusal' ? [notReached, { kind: 'unreachable', peer }] : [notReached];
}
