import type { GroupName, NodeName } from '@group-services/core';
import type { DaemonSession } from './daemon-session.js';
import { wished } from './operator-wish.js';
import { printable } from './printable.js';
import type { Report } from './report.js';

/**
 * `gsctl group reset NAME`: the name server gives the group up, with all of its state. Its processes
 * are told `removed` (reason `group-lost`), its subscriptions `dissolved`, and the next join starts it
 * anew.
 */
export async function resetGroup(daemon: DaemonSession, group: string): Promise<Report> {
  // The command line has checked it.
  const wish = { kind: 'reset' as const, group: group as GroupName };
  await wished(daemon, wish, `cannot reset group ${group}`);
  const text = `Group ${printable(group)} is given up; the next join starts it anew.`;
  return { json: { group, reset: true }, text };
}

/**
 * `gsctl nodes forget NAME`: the node will not come back, at least not as what it was. The name server
 * counts its memberships as over; a group that waited for it alone begins anew with the next join.
 */
export async function forgetNode(daemon: DaemonSession, node: string): Promise<Report> {
  // The command line has checked it.
  const wish = { kind: 'forget' as const, node: node as NodeName };
  await wished(daemon, wish, `cannot forget node ${node}`);
  const text = `Node ${node} is forgotten; groups that waited for it alone start anew with the next join.`;
  return { json: { node, forgotten: true }, text };
}
