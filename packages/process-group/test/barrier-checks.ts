import { isPassedOver } from '@group-services/testkit';
import type { ToClient } from '@group-services/wire';
import type { Chronicle } from './chronicle.js';
import type { Ended } from './outcome-checks.js';
import type { Asked, Ballot, Phase, Phases } from './phases.js';
import type { CastVote, Process } from './processes.js';

interface Known {
  readonly chronicle: Chronicle;
  readonly phases: Phases;
  readonly processes: readonly Process[];
}

/** Nobody was passed over: who was asked has voted, was gone, or had its time (M18, M21). */
export function barriersBroken(known: Known): readonly string[] {
  return known.phases.all.flatMap((phase) => {
    const { moment } = phase.ended;
    return known.phases.asked(phase).flatMap((asked) => {
      const { process, ballot } = asked;
      const votedAt = receiptOf(known, phase, asked);
      const isExcused = (): boolean => wasOut(asked, moment) || hadItsTime(known, phase, ballot);
      if (!isPassedOver({ votedAt, isExcused }, moment)) return [];
      return [`${nameOf(process, ballot)}: phase ${phase.no} ended without its vote`];
    });
  });
}

/** When the leader that ended the phase received its vote, if it did. */
function receiptOf(
  { chronicle }: Known,
  { protocol, no, ended }: Phase,
  { process, ballot }: Asked,
): number | undefined {
  const received = process.cast
    .filter((it) => it.protocol === protocol && it.phase === no && it.handle === ballot.handle)
    .flatMap(({ request }) => chronicle.received(ended.leader, request) ?? []);
  return received.length === 0 ? undefined : Math.min(...received);
}

/** It said goodbye, was told that it is out, or its process was gone, or its daemon out. */
function wasOut({ process, ballot }: Asked, moment: number): boolean {
  if (process.goneAt < moment) return true;
  // A joiner is told nothing of that: its join is made again.
  const asked = process.heardAt(ballot).moment;
  if (process.daemon.leavings.some((at) => at > asked && at < moment)) return true;
  const join = process.joins.get(ballot.handle)?.request;
  return process.heard.some((message) => {
    const isOut =
      (message.kind === 'removed' && message.handle === ballot.handle) ||
      (message.kind === 'refused' && message.request === join);
    return isOut && process.heardAt(message).moment < moment;
  });
}

function hadItsTime({ chronicle }: Known, { begun, ended }: Phase, ballot: Ballot): boolean {
  const limit = ballot.timeLeft ?? Number.POSITIVE_INFINITY;
  // What ended the phase before may be known to dead processes alone.
  if (begun === undefined) return limit < Number.POSITIVE_INFINITY;
  // A new leader gives everybody the whole time again.
  const since = Math.max(begun.time, chronicle.ledSince(ended.leader));
  return ended.time - since >= limit;
}

/** Who is asked is a voter: no target of an expel, and no joiner where joiners do not vote (§3.4). */
export function askedWrongly({ processes }: Known): readonly string[] {
  return processes.flatMap((process) =>
    process.heard.flatMap((message) => {
      if (message.kind !== 'ballot') return [];
      const joined = process.heard.find(
        (it) => it.kind === 'joined' && it.handle === message.handle,
      );
      const isIn = joined !== undefined && !isLater(process, joined, message);
      const who = nameOf(process, message);
      if (!isIn && message.protocol.kind === 'join' && !joinersVote(processes, process, message)) {
        return [`${who}: a joiner is asked`];
      }
      const id = joined?.kind === 'joined' ? joined.provider : undefined;
      const isTarget = message.leaving.some(
        ({ provider, reason }) => provider === id && reason !== 'leave',
      );
      return isIn && isTarget ? [`${who}: it is asked about its own removal`] : [];
    }),
  );
}

function isLater(process: Process, a: ToClient, b: ToClient): boolean {
  return process.heardAt(a).moment > process.heardAt(b).moment;
}

/** As the providers know it that are in at the time. */
function joinersVote(processes: readonly Process[], asked: Process, ballot: Ballot): boolean {
  const { generation, position } = asked.heardAt(ballot);
  const told = processes.flatMap((process) =>
    process.heard.flatMap((it) => {
      if (it.kind !== 'joined' || process.heardAt(it).generation !== generation) return [];
      const isListed = asked.shownBy(ballot)?.providers.includes(it.provider) === true;
      return isListed && it.snapshot.position < position ? [it] : [];
    }),
  );
  const latest = told.sort((a, b) => a.snapshot.position - b.snapshot.position).at(-1);
  return latest?.attributes.joinersVote ?? true;
}

/** Nobody whose own vote was counted is given a default vote. */
export function causesWrong(
  known: Known,
  protocols: ReadonlyMap<string, Ended>,
): readonly string[] {
  return [...protocols].flatMap(([id, { causes = [], phases }]) => {
    const end = known.phases.all.find(({ protocol, no }) => protocol === id && no === phases);
    const counted = end === undefined ? [] : known.phases.counted(end);
    const voters = new Set(counted.flatMap((vote) => providerOf(known.processes, vote) ?? []));
    const passedOver = causes.filter(
      ({ code, provider = '' }) =>
        (code === 'time-limit' || code === 'provider-failed') && voters.has(provider),
    );
    return passedOver.map(({ provider, code }) => `${id}: ${code} of ${provider}, who voted`);
  });
}

function providerOf(processes: readonly Process[], vote: CastVote): string | undefined {
  const process = processes.find(({ cast }) => cast.includes(vote));
  const joined = process?.heard.find((it) => it.kind === 'joined' && it.handle === vote.handle);
  return joined?.kind === 'joined' ? joined.provider : undefined;
}

function nameOf({ daemon, client }: Process, { handle, protocol }: Ballot): string {
  return `${daemon.node}${client} handle ${handle}, ${protocol.kind} ${protocol.id}`;
}
