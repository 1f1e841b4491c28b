import type { DomainNodes, Group, Peer } from '../api/answers.js';
import { nodeOfDaemon } from './words.js';

export type NodeState = 'here' | 'alive' | 'silent' | 'gone' | 'stopped';

/** One node as this daemon can know it: from the name server, its own links, and the groups it is in. */
export interface SeenNode {
  readonly node: string;
  readonly state: NodeState;
  readonly address: string;
  /** Groups of this daemon that the node leads, and those that it is in. */
  readonly leads: readonly string[];
  readonly groups: number;
  /** The link with it; undefined: they share no group. */
  readonly link: Peer | undefined;
  /** It gives up its leads. Undefined: there is no link with it, so that is not known. */
  readonly isDrained: boolean | undefined;
}

/** By name, this one first. */
export function seenNodes(
  self: { readonly node: string; readonly address: string; readonly drained: boolean },
  { nodes, peers }: DomainNodes,
  groups: readonly Group[],
): readonly SeenNode[] {
  const addresses = new Map<string, { address: string; alive: boolean; stopped: boolean }>();
  for (const { node, address, alive, stopped } of nodes ?? []) {
    addresses.set(node, { address, alive, stopped: stopped === true });
  }
  const links = new Map(peers.map((peer) => [nodeOfDaemon(peer.daemon), peer]));
  const names = new Set([self.node, ...addresses.keys(), ...links.keys()]);
  const seen = [...names].map((node): SeenNode => {
    const listed = addresses.get(node);
    const link = links.get(node);
    return {
      node,
      state: node === self.node ? 'here' : stateOf(listed, link),
      address: node === self.node ? self.address : (listed?.address ?? ''),
      leads: groups.filter(({ leader }) => leader === node).map(({ group }) => group),
      groups: groups.filter(({ daemons }) => daemons.some((one) => one.node === node)).length,
      link,
      isDrained: node === self.node ? self.drained : link?.drained,
    };
  });
  return seen.sort((a, b) => place(a) - place(b) || (a.node < b.node ? -1 : 1));
}

function stateOf(
  listed: { alive: boolean; stopped: boolean } | undefined,
  link: Peer | undefined,
): NodeState {
  if (listed?.stopped === true) return 'stopped';
  if (link !== undefined && link.suspected !== null) {
    return listed?.alive === true ? 'silent' : 'gone';
  }
  if (listed === undefined) return link === undefined ? 'gone' : 'alive';
  return listed.alive ? 'alive' : 'gone';
}

function place({ state }: SeenNode): number {
  return state === 'here' ? 0 : 1;
}
