import { daemonOf, type MembershipId } from '@group-services/core';
import type { ListedDeparture, ListedProvider, Proposal, RequestRef } from '@group-services/wire';
import { DAEMON_STOPPED, type StoppedDaemons } from '../inputs.js';
import { joinersOf, voterOf } from '../replica/group-state.js';
import type { Placing } from './placing.js';
import { type FailureItem, isCastOut, type Selection } from './selection.js';

/**
 * Failures at the leader (`external-layer.md` §§3.11, 3.13): of processes, reported by their
 * daemons, and of nodes, by views. Who is down gets the default vote in the running protocol; its
 * failure leave follows.
 *
 * Rule R1: the failure of a joiner in progress is parked until its join has ended.
 */
export class Failures {
  readonly #placing: Placing;
  readonly #selection: Selection;
  readonly #parked = new Map<number, FailureItem>();

  constructor(placing: Placing, selection: Selection) {
    this.#placing = placing;
    this.#selection = selection;
  }

  /** Whether this number is of a provider that has failed, or of none: then nobody waits for its vote. */
  readonly isDown = (no: number): boolean => {
    const item = this.#selection.failureOf(no) ?? this.#parked.get(no);
    if (item !== undefined) return !isCastOut(item, no);
    return voterOf(this.#placing.state, no) === undefined;
  };

  /** What the default vote of one that is down is counted as. */
  reasonOf(no: number): 'node-failure' | 'process-failure' {
    const item = this.#selection.failureOf(no) ?? this.#parked.get(no);
    return item?.departures.some(isNodeFailure) === true ? 'node-failure' : 'process-failure';
  }

  /**
   * A daemon reports that processes are gone (PROVIDER_DOWN). Providers in the list that are not known to
   * have failed yet are queued for one failure leave; joiners of the running protocol are parked (R1).
   * Where nothing of that is left to do the report is answered, otherwise with the protocol.
   */
  onDown(ref: RequestRef, { departures, source }: Down, at: number): void {
    const selection = this.#selection;
    const { byNo, running } = this.#placing.state;
    const joiners = joinersOf(running);
    // A daemon may report failures of its own providers alone; ids are taken from the list, not from it.
    const theirs = departures.flatMap((departure) => {
      const listed = byNo.get(departure.no);
      return listed?.daemon === ref.origin ? [{ ...departure, provider: listed.id }] : [];
    });
    const fresh = theirs.filter(({ no }) => !selection.isFailing(no));
    for (const departure of theirs) {
      if (departure.reason !== 'cast-out') selection.failsInstead(departure);
    }
    const joining = departures.flatMap((departure) => {
      const joiner = joiners.find(({ no }) => no === departure.no);
      return joiner?.daemon === ref.origin ? [{ ...departure, provider: joiner.id }] : [];
    });
    for (const departure of joining) this.#park(departure, [ref], at);
    if (fresh.length > 0) selection.addFailure({ departures: fresh, requests: [ref], at, source });
    else if (!selection.addToFailures(theirs, ref) && joining.length === 0) {
      this.#placing.refuse(ref, { kind: 'done' });
    }
  }

  /**
   * A node has failed when an accepted view is without it: one failure leave for each provider. The
   * report of a daemon that stopped may have died with a leader that a vote kept from acting on it, its
   * own before all: so the remark that the others are promised follows from the stop itself.
   */
  failMissing({ members, stopped }: Presence, at: number): void {
    const { providers, running } = this.#placing.state;
    const missing = ({ daemon, no }: ListedProvider): boolean =>
      !members.has(daemon) && !this.isDown(no);
    for (const provider of providers.filter(missing)) {
      const departure = nodeFailure(provider, stopped);
      if (this.#selection.failsInstead(departure)) continue;
      this.#selection.addFailure({ departures: [departure], requests: [], at });
    }
    for (const joiner of joinersOf(running).filter(missing)) {
      this.#park(nodeFailure(joiner, stopped), [], at);
    }
  }

  #park(departure: ListedDeparture, requests: RequestRef[], at: number): void {
    this.#placing.branch('failure-parked');
    const known = this.#parked.get(departure.no);
    if (known !== undefined) known.requests = [...known.requests, ...requests];
    else this.#parked.set(departure.no, { departures: [departure], requests, at });
  }

  retain(members: ReadonlySet<MembershipId>): void {
    for (const item of this.#parked.values()) {
      item.requests = item.requests.filter(({ origin }) => members.has(origin));
    }
  }

  /** A protocol has ended: joiners that are in now fail, of the others nothing is left to do. */
  release(): void {
    const { byNo } = this.#placing.state;
    for (const [no, item] of this.#parked) {
      if (byNo.has(no)) this.#selection.addFailure(item);
      else for (const ref of item.requests) this.#placing.reply(ref, { kind: 'done' });
    }
    this.#parked.clear();
  }
}

type Down = Extract<Proposal, { readonly kind: 'down' }>;

/** Who is in the processor group by its newest view, and who had stopped in order by then. */
export interface Presence {
  readonly members: ReadonlySet<MembershipId>;
  readonly stopped: StoppedDaemons;
}

function isNodeFailure({ reason }: ListedDeparture): boolean {
  return reason === 'node-failure';
}

function nodeFailure(
  { no, id: provider, daemon }: ListedProvider,
  stopped: StoppedDaemons,
): ListedDeparture {
  const failed = { no, provider, reason: 'node-failure' } as const;
  return stopped.has(daemonOf(daemon)) ? { ...failed, detail: DAEMON_STOPPED } : failed;
}
