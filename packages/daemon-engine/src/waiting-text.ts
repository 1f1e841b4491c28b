import type { AbsentNode } from '@group-services/wire';

/** Nodes that are named one by one. */
const NAMED_MAX = 8;

/** That a group waits for nodes that are away, for how long they have been, and what can be done. */
export function waitingText(
  group: string,
  generation: number,
  nodes: readonly AbsentNode[],
): string {
  return (
    `the group waits for nodes that hold its state and are away: ${namesText(nodes)} ` +
    `(generation ${generation}). Start their daemons again, or give up what will not come back: ` +
    `gsctl nodes forget NODE for each, or gsctl group reset ${group}`
  );
}

/** `a (heard 3 s ago), b (not heard since the name server started) and 4 more`. */
export function namesText(nodes: readonly AbsentNode[]): string {
  const named = nodes.slice(0, NAMED_MAX).map(nodeText).join(', ');
  return nodes.length > NAMED_MAX ? `${named} and ${nodes.length - NAMED_MAX} more` : named;
}

function nodeText({ node, heardMsAgo }: AbsentNode): string {
  return heardMsAgo === null
    ? `${node} (not heard since the name server started)`
    : `${node} (heard ${Math.round(heardMsAgo / 1000)} s ago)`;
}
