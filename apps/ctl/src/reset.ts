import { createInterface } from 'node:readline/promises';
import type { GroupName, NodeName } from '@group-services/core';
import { groupsHere } from './admin-answers.js';
import type { Io } from './command/define.js';
import type { DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { wished } from './operator-wish.js';
import { byteCount, printable } from './printable.js';
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

/** Says what will be lost, and wants the group's name to be typed. */
export async function confirmed(daemon: DaemonSession, group: string, io: Io): Promise<void> {
  if (!io.stdin.isTTY) {
    const why = 'group reset asks at a terminal, and there is none: say --yes if you mean it';
    throw new CommandFailure(EXIT_STATUS.misuse, why);
  }
  io.remark(await lossText(daemon, group));
  const typed = await lineOf(io.stdin, 'Type the name of the group to give it up: ');
  if (typed === group) return;
  throw new CommandFailure(EXIT_STATUS.failed, `group ${group} is left as it is`);
}

/** As far as this node knows: of a group elsewhere only that there is one. */
async function lossText({ api }: DaemonSession, group: string): Promise<string> {
  const found = await api.get(`/api/groups?${new URLSearchParams({ name: group })}`, groupsHere);
  const here = found.find((one) => one.group === group);
  const name = `Group ${printable(group)}`;
  if (here === undefined) return `${name} loses its state value and attributes, and all providers.`;
  const value = here.stateBytes === undefined ? 'no state value' : byteCount(here.stateBytes);
  const providers = here.providers.map(printable).join(', ') || 'none';
  return `${name} loses its state (${value}) and these providers: ${providers}`;
}

async function lineOf(input: NodeJS.ReadStream, question: string): Promise<string> {
  const lines = createInterface({ input, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
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
