import { type DaemonId, type NodeName, nodeOf } from '@group-services/core';

/** What becomes of node names: each start of a daemon has its host's, or one of its own as in containers. */
export type NodeNames = 'kept' | 'ephemeral' | 'forgotten';

/** The name of the node at a start of a host's daemon, from 1 on. */
export function nodeNameOf(host: NodeName, start: number, names: NodeNames): NodeName {
  return names === 'kept' || start === 1 ? host : (`${host}_${start}` as NodeName);
}

/** The host that a daemon runs on. */
export function hostOf(id: DaemonId): string {
  return nodeOf(id).replace(/_\d+$/u, '');
}

/** Every daemon of a host is at its address. */
export function addressOf(id: DaemonId): string {
  return `sim://${hostOf(id)}`;
}
