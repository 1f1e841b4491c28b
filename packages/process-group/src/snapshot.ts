import { decodeGroupSnapshot, encodeGroupSnapshot } from '@group-services/wire';
import { listOf } from './group-state.js';
import { Replica } from './replica.js';
import { StartedRequests } from './started-requests.js';

/** What a joining daemon is given: all that is replicated, and nothing of the leader's queues. */
export function encodeReplica(replica: Replica): Uint8Array {
  const { byNo: _numbers, byId: _ids, providers, ...rest } = replica.state;
  return encodeGroupSnapshot({
    ...rest,
    providers: [...providers],
    started: replica.started.toSnapshot(),
  });
}

/** The copy that those bytes describe, or why there is none. */
export function decodeReplica(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: Replica } | { readonly ok: false; readonly error: string } {
  const decoded = decodeGroupSnapshot(bytes);
  if (!decoded.ok) return decoded;
  const { started, providers, ...rest } = decoded.value;
  const state = { ...rest, ...listOf(providers) };
  return { ok: true, value: new Replica(state, StartedRequests.fromSnapshot(started)) };
}
