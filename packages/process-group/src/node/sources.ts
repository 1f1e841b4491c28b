import type { GroupName } from '@group-services/core';
import type { Refusal } from '@group-services/wire';
import type { SourceHere } from '../inputs.js';
import type { Shared } from '../shared.js';
import type { LocalMembers } from './local-members.js';
import { sourceMissing } from './refusals.js';
import type { OwnRequests } from './requests.js';
import type { WaitingJoin } from './waiting-join.js';

/**
 * A target group on one node (`external-layer.md` §3.12): it may be provided here only beside a provider of
 * its source group. Which groups matter is asked for by name; the daemon, which has all groups of its node,
 * tells how each stands. Joins wait for that word; when the last provider of the source is gone, those of
 * the target are cast out, all of this node by one request.
 */
export class Sources {
  readonly #shared: Shared;
  readonly #members: LocalMembers;
  readonly #requests: OwnRequests;
  readonly #known = new Map<GroupName, SourceHere>();
  /** Providers whose removal is asked for; numbers never come again. */
  readonly #castOut = new Set<number>();

  constructor(shared: Shared, members: LocalMembers, requests: OwnRequests) {
    this.#shared = shared;
    this.#members = members;
    this.#requests = requests;
  }

  /** What was told last. */
  known(source: GroupName): SourceHere | undefined {
    return this.#known.get(source);
  }

  told(source: GroupName, here: SourceHere): void {
    this.#known.set(source, here);
  }

  /**
   * Why a join cannot be sent: `wait` until its source is known here, or a refusal. Into an empty group it
   * brings the source itself; one that another joiner brings at the same moment casts it out at once.
   */
  hindrance({ attributes }: WaitingJoin): Refusal | 'wait' | undefined {
    const { sourceOfLife } = this.#shared;
    const source = this.#shared.isProvided ? sourceOfLife : attributes.source;
    if (source === undefined) return undefined;
    if (source === this.#shared.options.group) return sourceMissing(source);
    const here = this.#known.get(source);
    if (here === undefined) return 'wait';
    return here.joinable ? undefined : sourceMissing(source);
  }

  /** Of what is not asked for any more, no change is told. */
  keep(wanted: readonly GroupName[]): void {
    for (const source of this.#known.keys()) {
      if (!wanted.includes(source)) this.#known.delete(source);
    }
  }

  /** Whoever is provided here without the source goes. */
  settle(): void {
    const { sourceOfLife } = this.#shared;
    const here = sourceOfLife === undefined ? undefined : this.#known.get(sourceOfLife);
    if (here === undefined || here.provided) return;
    const left = this.#members.all.filter(({ no }) => !this.#castOut.has(no));
    if (left.length === 0) return;
    this.#shared.outbox.branch('cast-out');
    for (const { no } of left) this.#castOut.add(no);
    const departures = left.map(({ no, id: provider }) => {
      return {
        no,
        provider,
        reason: 'cast-out' as const,
        detail: `no ${sourceOfLife} on the node`,
      };
    });
    this.#requests.down(departures, here.mark);
  }

  detached(): void {
    this.#castOut.clear();
  }
}
