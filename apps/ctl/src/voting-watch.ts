import type { z } from 'zod';
import { type VotesAnswer, votesAnswer } from './admin-answers.js';
import { printable, seconds } from './printable.js';
import { votesPath } from './votes.js';

/**
 * Notices voting phases by asking: subscribers are told results only. A phase that begins and ends
 * between two questions is not seen.
 */
export class VotingWatch {
  readonly #finder: Finder;
  readonly #group: string;
  #last: Voting | undefined;

  constructor(finder: Finder, group: string) {
    this.#finder = finder;
    this.#group = group;
  }

  /** What has changed since the last question. A daemon that does not answer changes nothing. */
  async ask(cancel?: AbortSignal): Promise<readonly VotingChange[]> {
    const answer = await this.#finder
      .find(votesPath(this.#group), votesAnswer, { cancel })
      .catch(() => undefined);
    // Only the leader knows that nothing is being voted on.
    if (answer === undefined || (answer.voting === null && answer.from !== 'leader')) return [];
    return this.#changes(answer.voting ?? undefined);
  }

  #changes(voting: Voting | undefined): readonly VotingChange[] {
    const last = this.#last;
    this.#last = voting;
    const changes: VotingChange[] = [];
    const group = this.#group;
    if (last !== undefined && last.protocol !== voting?.protocol) {
      changes.push({ type: 'voting-over', group, voting: last });
    }
    if (voting === undefined) return changes;
    const isNew = last?.protocol !== voting.protocol || last.phase !== voting.phase;
    if (isNew) changes.push({ type: 'voting', group, voting });
    return changes;
  }
}

/** What asks the daemon; see `AdminClient.find`. */
interface Finder {
  find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options?: { readonly cancel?: AbortSignal | undefined },
  ): Promise<z.output<Schema> | undefined>;
}

type Voting = NonNullable<VotesAnswer['voting']>;

/** A phase that has begun, or that a protocol is over; `voting` is what it was last. */
export interface VotingChange {
  readonly type: 'voting' | 'voting-over';
  readonly group: string;
  readonly voting: Voting;
}

export function votingLine({ type, voting }: VotingChange, at: Date): string {
  const time = at.toISOString().slice(11, 23);
  const { kind, protocol, phase, waitingFor, timeLeftMs } = voting;
  const name = `[${kind} ${protocol}]`;
  if (type === 'voting-over') return printable(`${time}  voting over in phase ${phase}  ${name}`);
  const left = timeLeftMs === undefined ? '' : `, ${seconds(timeLeftMs)} left`;
  const whom = waitingFor.length === 0 ? 'nobody' : waitingFor.join(', ');
  return printable(`${time}  voting phase ${phase}: waiting for ${whom}${left}  ${name}`);
}

export function votingJson(change: VotingChange, at: Date): string {
  return JSON.stringify({ time: at.toISOString(), ...change });
}
