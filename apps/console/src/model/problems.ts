import type {
  Client,
  DaemonAnswer,
  DomainNodes,
  Group,
  LeasedNode,
  NameServerAnswer,
} from '../api/answers.js';
import { durationText, namesText, nodeOfDaemon, plural } from './words.js';

/** Something that an operator should look at. */
export interface Problem {
  readonly severity: 'bad' | 'warn';
  readonly text: string;
  /** What can be done, or what it means. */
  readonly hint: string;
  /** The group that it is about. */
  readonly group?: string;
}

/** A vote that is waited for so long is worth a look even without a limit. */
const VOTE_LONG_MS = 5_000;
const QUEUE_LARGE = 1024 * 1024;

export interface DaemonFacts {
  readonly status: DaemonAnswer;
  readonly nodes: DomainNodes;
  readonly groups: readonly Group[];
  readonly clients: readonly Client[];
}

/** The worst first. */
export function daemonProblems(facts: DaemonFacts): readonly Problem[] {
  const found = [
    ...nameServerProblems(facts),
    ...nodeProblems(facts),
    ...facts.groups.flatMap(groupProblems),
    ...facts.clients.flatMap(clientProblems),
  ];
  return found.sort((a, b) => rank(a) - rank(b));
}

export function nameServerPageProblems(
  { recoveringForMs, lead }: NameServerAnswer,
  nodes: readonly LeasedNode[],
): readonly Problem[] {
  const found: Problem[] = [];
  const trouble = lead?.etcd.trouble;
  if (trouble !== undefined && trouble !== null) {
    found.push({ severity: 'bad', text: 'etcd is in trouble.', hint: trouble });
  }
  if (recoveringForMs !== undefined && recoveringForMs !== null) {
    const text = `The name server collects what daemons hold, for ${durationText(recoveringForMs)} more.`;
    found.push({ severity: 'warn', text, hint: 'Look-ups wait until then.' });
  }
  for (const { node, alive, stopped } of nodes) {
    if (alive || stopped) continue;
    const text = `Node ${node} has let its lease run out.`;
    found.push({ severity: 'bad', text, hint: 'Start its gsd again, or gsctl nodes forget.' });
  }
  return found;
}

function rank({ severity }: Problem): number {
  return severity === 'bad' ? 0 : 1;
}

function nameServerProblems({ status, nodes }: DaemonFacts): readonly Problem[] {
  const { connected, recovering, isolated } = status.nameServer;
  const found: Problem[] = [];
  if (!connected) {
    const text = 'This daemon has no connection to a name server.';
    const hint = 'Groups go on; joins of new groups and takeovers wait. The log of gsd says why.';
    found.push({ severity: 'bad', text, hint });
  } else if (recovering) {
    const text = 'The name server collects what daemons hold after its restart.';
    found.push({ severity: 'warn', text, hint: 'Look-ups wait until it is done.' });
  } else if (nodes.nodes === null && nodes.note !== undefined) {
    found.push({ severity: 'warn', text: 'The nodes are not known.', hint: nodes.note });
  }
  if (isolated) {
    const text = 'All groups of this daemon stand still.';
    const hint = 'It has had no contact with the name server for a lease (policy “suspend”).';
    found.push({ severity: 'bad', text, hint });
  }
  return found;
}

function nodeProblems({ nodes, status }: DaemonFacts): readonly Problem[] {
  const found: Problem[] = [];
  for (const { node, alive, stopped, notReachedBy = [] } of nodes.nodes ?? []) {
    if (!alive && stopped !== true) {
      const hint = 'Its lease has run out: start its gsd again, or gsctl nodes forget.';
      found.push({ severity: 'bad', text: `Node ${node} is gone.`, hint });
    }
    if (notReachedBy.length > 0) {
      const by = namesText(notReachedBy.map((one) => one.node));
      const hint = `${notReachedBy[0]?.why ?? ''}; see gsd --advertise.`;
      found.push({ severity: 'warn', text: `Node ${node} cannot be reached by ${by}.`, hint });
    }
  }
  for (const { daemon, suspected } of nodes.peers) {
    if (suspected === null || suspected === 'superseded') continue;
    const node = nodeOfDaemon(daemon);
    const text = `${status.node} does not hear ${node}.`;
    found.push({ severity: 'warn', text, hint: `It counts as failed (${suspected}).` });
  }
  return found;
}

function groupProblems({ group, waiting, voting, leader, role, local }: Group): readonly Problem[] {
  const found: Problem[] = [];
  if (waiting !== null) {
    found.push({ severity: 'bad', text: `Group ${group} cannot be joined.`, hint: waiting, group });
  }
  const interested = local.providers + local.subscriptions + local.waitingJoins > 0;
  if (leader === undefined && role !== 'joining' && waiting === null && interested) {
    found.push({ severity: 'bad', text: `Group ${group} has no leader.`, hint: '', group });
  }
  if (voting !== null && voting.waitedMs > VOTE_LONG_MS && voting.waitingFor.length > 0) {
    const { kind, waitedMs, waitingFor } = voting;
    const text = `A ${kind} in ${group} has waited ${durationText(waitedMs)} for ${plural(waitingFor.length, 'vote')}.`;
    found.push({ severity: 'warn', text, hint: namesText(waitingFor), group });
  }
  return found;
}

function clientProblems({
  name,
  queuedBytes,
  pressing,
  responsiveness,
}: Client): readonly Problem[] {
  const found: Problem[] = [];
  for (const { group, sinceMs } of pressing) {
    const text = `Process ${name} slows group ${group} down.`;
    const hint = `It has read too little for ${durationText(sinceMs)}.`;
    found.push({ severity: 'warn', text, hint, group });
  }
  if (pressing.length === 0 && queuedBytes > QUEUE_LARGE) {
    const hint = 'It is disconnected when its buffer is full.';
    found.push({ severity: 'warn', text: `Process ${name} reads slowly.`, hint });
  }
  if (responsiveness !== undefined && responsiveness !== 'fine') {
    const text = `Process ${name} does not answer.`;
    found.push({ severity: 'warn', text, hint: 'Its groups were told; expel it if need be.' });
  }
  return found;
}
