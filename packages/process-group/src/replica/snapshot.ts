import { decodeGroupSnapshot, encodeGroupSnapshot, type GroupSnapshot } from '@group-services/wire';
import { listOf } from './group-state.js';
import { Replica } from './replica.js';
import { type Running, votingOf } from './running.js';
import { StartedRequests } from './started-requests.js';

/**
 * The group's state as bytes, for a daemon that joins the processor group: all that is replicated, and
 * nothing of the leader's queues. It goes on from there with the stream and must come to the same copy as
 * everybody else, so whatever decides about later messages has to be in it.
 */
export function encodeReplica(replica: Replica): Uint8Array {
  const { byNo: _numbers, byId: _ids, providers, running, ...rest } = replica.state;
  return encodeGroupSnapshot({
    ...rest,
    providers: [...providers],
    surplus: replica.surplus,
    started: replica.started.toSnapshot(),
    running: running === null ? null : written(running),
  });
}

/** The copy that those bytes describe, or why there is none. */
export function decodeReplica(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: Replica } | { readonly ok: false; readonly error: string } {
  const decoded = decodeGroupSnapshot(bytes);
  if (!decoded.ok) return decoded;
  const { started, providers, running, surplus, ...rest } = decoded.value;
  const state = { ...rest, ...listOf(providers), running: running === null ? null : read(running) };
  return { ok: true, value: new Replica(state, StartedRequests.fromSnapshot(started), surplus) };
}

type WrittenRunning = NonNullable<GroupSnapshot['running']>;

/** Its voting is in the START. */
function written({ voting: _voting, causes, shown, placed, ...rest }: Running): WrittenRunning {
  return { ...rest, causes: [...causes], shown: [...shown], placed: [...placed] };
}

function read(running: WrittenRunning): Running | null {
  const voting = votingOf(running.start);
  return voting === undefined ? null : { ...running, voting };
}
