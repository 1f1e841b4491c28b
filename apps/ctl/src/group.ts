import {
  type GroupSummary,
  TimeoutError,
  UnavailableError,
  UnknownGroupError,
} from '@group-services/client';
import { type GroupEntry, type GroupHere, groupEntry, groupsHere } from './admin-answers.js';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { labelsText } from './labels-text.js';
import { type PressingFindings, pressingIn, pressingText } from './pressing.js';
import { byteCount } from './printable.js';
import type { Report } from './report.js';
import { facts, section } from './table.js';

/** One group as the name server and this node's daemon know it. */
export interface GroupFindings {
  readonly group: string;
  /** The node that was asked. */
  readonly node: string;
  /** Null: not listed, or the name server cannot tell. */
  readonly listed: Pick<GroupSummary, 'group' | 'leader' | 'daemons'> | null;
  /** Nodes that hold the group's state, when all of them are away. */
  readonly waitsFor: GroupEntry['waitsFor'];
  /** What is in the way: whom the group waits for, or why the name server cannot tell. */
  readonly note?: string | undefined;
  /** Processes of this node that the group waits for. */
  readonly slowedBy?: PressingFindings | undefined;
  /** Null: this node's daemon is not in the processor group and could not look into it. */
  readonly here: GroupHere | null;
}

/** How long the look into a group of other nodes may take. */
const LOOK_LIMIT_MS = 5_000;

/** `gsctl group NAME` */
export async function group(daemon: DaemonSession, name: string): Promise<Report> {
  const { node } = daemon.services;
  const query = new URLSearchParams({ group: name });
  const [asked, known] = await Promise.all([
    daemon.api.get(`/api/entry?${query}`, groupEntry),
    hereOf(daemon, name),
  ]);
  const { waitsFor, note } = asked;
  const listed = listedOf(asked);
  if (known === null && listed === null) {
    const message = asked.told
      ? `nobody provides group ${name}; gsctl groups lists all`
      : `node ${node} has no part in group ${name}, and of others nothing is known: ${note}`;
    throw new CommandFailure(EXIT_STATUS.failed, message);
  }
  // Nobody could let this node's daemon in.
  const here = known ?? (waitsFor.length > 0 ? null : await looked(daemon, name));
  const slowedBy = await pressingIn(daemon, name, []);
  const found = { group: name, node, listed, waitsFor, note, here, slowedBy };
  return { json: found, text: groupText(found) };
}

function listedOf({ group: name, entry }: GroupEntry): GroupFindings['listed'] {
  if (entry === null) return null;
  // `node.incarnation.joinNo`, and a node name may have dots itself.
  const leader = entry.leader.split('.').slice(0, -2).join('.');
  return { group: name, leader, daemons: entry.members.length };
}

export function groupText(found: GroupFindings): string {
  const { group: name, node, listed, here, waitsFor, note, slowedBy } = found;
  const inTheWay = waitsFor.length > 0 ? note : note && `The name server cannot tell: ${note}.`;
  const slow = slowedBy !== undefined && slowedBy.pressing.length > 0;
  const slowText = slow ? `\n\nSlowed by ${pressingText(slowedBy)}.` : '';
  const remark = `${slowText}${inTheWay === undefined ? '' : `\n\n${sentence(inTheWay)}`}`;
  if (here !== null) return `${groupHereText(here, node)}${remark}`;
  const about = facts([
    ['group', name],
    ['leader', listed?.leader],
    ['daemons', listed?.daemons],
  ]);
  if (waitsFor.length > 0) return `${about}${remark}`;
  return `${about}\n\nThe daemon of ${node} could not look into it; ask the leader's daemon.`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.]$/u.test(begun) ? begun : `${begun}.`;
}

function groupHereText(here: GroupHere, node: string): string {
  const about = facts([
    ['group', here.group],
    ['leader', here.leader === node ? `${here.leader} (this node)` : here.leader],
    ['role of this node', here.role],
    ['view', `version ${here.viewVersion}, fence ${here.fence === '' ? 'none' : here.fence}`],
    ['state value', here.stateBytes === undefined ? 'none yet' : byteCount(here.stateBytes)],
    ['attributes', attributesText(here.attributes)],
    ['on this node', localText(here)],
    ['daemon list', listText(here)],
    ['stream', streamText(here)],
  ]);
  const isLabelled = Object.keys(here.labels).length > 0;
  const providers = section(
    'providers, oldest first',
    ['place', 'provider', ...(isLabelled ? ['labels'] : [])],
    here.providers.map((provider, index) => [
      index + 1,
      provider,
      ...(isLabelled ? [labelsText(here.labels[provider])] : []),
    ]),
  );
  const daemons = section(
    'daemons, oldest first',
    ['node', 'membership', 'since version', 'state'],
    here.daemons.map(({ node: name, membership, joinVersion, full }) => [
      name,
      membership,
      joinVersion,
      full ? 'full' : 'joining',
    ]),
  );
  return [about, providers, daemons].join('\n\n');
}

function attributesText(attributes: GroupHere['attributes']): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function localText({ local }: GroupHere): string {
  const { providers, subscriptions, waitingJoins, waitingProposals, queued } = local;
  return [
    `providers ${providers}`,
    `subscriptions ${subscriptions}`,
    `waiting joins ${waitingJoins}`,
    `waiting proposals ${waitingProposals + queued}`,
  ].join(', ');
}

function listText({ generation, version, since }: GroupHere): string {
  return `generation ${generation}, version ${version}, same leader since version ${since}`;
}

function streamText({ stream }: GroupHere): string | undefined {
  if (stream === undefined) return undefined;
  const { delivered, stable, retained, retainedBytes, requests, frozen } = stream;
  const numbers = [
    `delivered up to ${delivered}`,
    `stable up to ${stable}`,
    `retained ${retained} (${byteCount(retainedBytes)})`,
    `open requests ${requests}`,
  ];
  return [...numbers, ...(frozen ? ['frozen: a takeover is under way'] : [])].join(', ');
}

async function hereOf(daemon: DaemonSession, name: string): Promise<GroupHere | null> {
  const query = new URLSearchParams({ name });
  const found = await daemon.api.get(`/api/groups?${query}`, groupsHere);
  return found.find((one) => one.group === name && one.leader !== undefined) ?? null;
}

/**
 * Lets this node's daemon into the processor group by a subscription, which providers do not see,
 * and reads what it then knows. Null when it does not get in.
 */
async function looked(daemon: DaemonSession, name: string): Promise<GroupHere | null> {
  try {
    const options = { membership: false, state: false, timeout: LOOK_LIMIT_MS };
    // Ends with the connection, after what is known has been read.
    await answered(daemon, daemon.services.subscribe(name, options));
    return await hereOf(daemon, name);
  } catch (error) {
    const isMissed =
      error instanceof UnknownGroupError ||
      error instanceof TimeoutError ||
      error instanceof UnavailableError;
    if (isMissed) return null;
    throw error;
  }
}
