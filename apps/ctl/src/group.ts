import {
  type GroupSummary,
  TimeoutError,
  UnavailableError,
  UnknownGroupError,
} from '@group-services/client';
import { type GroupHere, groupsHere } from './admin-answers.js';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { byteCount } from './printable.js';
import type { Report } from './report.js';
import { facts, section } from './table.js';

/** One group as the name server and this node's daemon know it. */
export interface GroupFindings {
  readonly group: string;
  /** The node that was asked. */
  readonly node: string;
  /** Null: not listed, or the name server cannot be asked. */
  readonly listed: GroupSummary | null;
  /** Null: this node's daemon is not in the processor group and could not look into it. */
  readonly here: GroupHere | null;
}

/** How long the look into a group of other nodes may take. */
const LOOK_LIMIT_MS = 5_000;

/** `gsctl group NAME` */
export async function group(daemon: DaemonSession, name: string): Promise<Report> {
  const { node } = daemon.services;
  const [summaries, known] = await Promise.all([listedGroups(daemon), hereOf(daemon, name)]);
  const listed = summaries?.find((one) => one.group === name) ?? null;
  if (known === null && listed === null) {
    const message =
      summaries === undefined
        ? `node ${node} has no part in group ${name}, and the name server cannot be asked`
        : `nobody provides group ${name}; gsctl groups lists all`;
    throw new CommandFailure(EXIT_STATUS.failed, message);
  }
  const here = known ?? (await looked(daemon, name));
  const found = { group: name, node, listed, here };
  return { json: found, text: groupText(found) };
}

export function groupText(found: GroupFindings): string {
  const { group: name, node, listed, here } = found;
  if (here !== null) return groupHereText(here, node);
  const about = facts([
    ['group', name],
    ['leader', listed?.leader],
    ['daemons', listed?.daemons],
  ]);
  return `${about}\n\nThe daemon of ${node} could not look into it; ask the leader's daemon.`;
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
  const providers = section(
    'providers, oldest first',
    ['place', 'provider'],
    here.providers.map((provider, index) => [index + 1, provider]),
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

/** Undefined when the name server cannot be asked: what this node knows is still worth showing. */
async function listedGroups(daemon: DaemonSession): Promise<readonly GroupSummary[] | undefined> {
  try {
    return await answered(daemon, daemon.services.groups());
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}

/** From the whole list: a group may be named `..`, which no path can say. */
async function hereOf(daemon: DaemonSession, name: string): Promise<GroupHere | null> {
  const all = await daemon.api.get('/api/groups', groupsHere);
  return all.find((one) => one.group === name && one.leader !== undefined) ?? null;
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
