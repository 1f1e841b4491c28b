import type { ToClient } from '@group-services/wire';
import type { Chronicle, Placed } from './chronicle.js';
import type { CastVote, Process } from './processes.js';

export type Ballot = Extract<ToClient, { kind: 'ballot' }>;
type Changing = Extract<ToClient, { kind: 'approved' | 'rejected' }>;

/** Somebody was asked for a vote. */
export interface Asked {
  readonly process: Process;
  readonly ballot: Ballot;
}

/** One phase of a protocol: what was multicast before it, and what ended it. */
export interface Phase {
  readonly protocol: string;
  readonly no: number;
  readonly begun: Placed | undefined;
  readonly ended: Placed;
}

/** The phases of all protocols that were voted on, as the processes know them. */
export class Phases {
  readonly all: readonly Phase[];
  readonly #ends = new Map<string, Placed>();
  readonly #asked = new Map<string, Asked[]>();
  readonly #chronicle: Chronicle;
  readonly #processes: readonly Process[];

  /** The memories of processes of dead daemons may be of positions that were used again. */
  constructor(chronicle: Chronicle, processes: readonly Process[]) {
    this.#chronicle = chronicle;
    this.#processes = processes;
    for (const process of processes.filter(({ daemon }) => daemon.isAlive)) {
      for (const message of process.heard) this.#note(process, message);
    }
    this.all = this.#phases();
  }

  #note(process: Process, message: ToClient): void {
    if (message.kind === 'ballot') {
      const key = keyOf(message.protocol.id, message.phase);
      this.#asked.set(key, [...(this.#asked.get(key) ?? []), { process, ballot: message }]);
      // The RESULT that began this phase was the last that its daemon was told.
      const { position } = process.heardAt(message);
      if (message.phase > 1) this.#end(message.protocol.id, message.phase - 1, position);
    } else if (isEnd(message)) {
      this.#end(message.protocol.id, message.phases, message.position);
    }
  }

  #end(protocol: string, phase: number, position: number): void {
    const [generation] = protocol.split('.');
    const placed = this.#chronicle.placed(`${generation}.${position}`);
    if (placed !== undefined) this.#ends.set(keyOf(protocol, phase), placed);
  }

  #phases(): readonly Phase[] {
    return [...this.#ends].map(([key, ended]) => {
      const [protocol = '', phase = ''] = key.split(' ');
      const no = Number(phase);
      const before = this.#ends.get(keyOf(protocol, no - 1));
      return { protocol, no, begun: no === 1 ? this.#chronicle.placed(protocol) : before, ended };
    });
  }

  asked({ protocol, no }: Pick<Phase, 'protocol' | 'no'>): readonly Asked[] {
    return this.#asked.get(keyOf(protocol, no)) ?? [];
  }

  /** Votes that its leader received before it ended the phase, in the order of their receipt. */
  counted({ protocol, no, ended }: Phase): readonly CastVote[] {
    const received = this.#processes.flatMap(({ cast }) =>
      cast.flatMap((vote) => {
        if (vote.protocol !== protocol || vote.phase !== no) return [];
        const at = this.#chronicle.received(ended.leader, vote.request);
        return at === undefined || at > ended.moment ? [] : [{ vote, at }];
      }),
    );
    return received.sort((a, b) => a.at - b.at).map(({ vote }) => vote);
  }
}

function keyOf(protocol: string, phase: number): string {
  return `${protocol} ${phase}`;
}

function isEnd(message: ToClient): message is Changing {
  return (message.kind === 'approved' || message.kind === 'rejected') && message.phases > 0;
}
