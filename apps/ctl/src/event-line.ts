import type { Departure, GroupEvent, GroupView, MessageEvent } from '@group-services/client';
import { printable } from './printable.js';
import { causesText, phasesText } from './proposing.js';
import { type PortableBytes, portableBytes, shownBytes } from './state-text.js';

/** One line for people: when it came, its position, what happened, and by which protocol. */
export function eventLine(event: GroupEvent, at: Date): string {
  const time = at.toISOString().slice(11, 23);
  const what = `${event.type.padEnd(10)}  ${happened(event)}${protocolText(event)}`;
  return printable(`${time}  #${event.position}  ${what}`);
}

/** One JSON object for programs, without the line break. */
export function eventJson(event: GroupEvent, at: Date): string {
  return JSON.stringify({ time: at.toISOString(), ...portable(event) });
}

function happened(event: GroupEvent): string {
  switch (event.type) {
    case 'snapshot':
      return `${viewText(event.view)}; state ${shownBytes(event.stateValue)}`;
    case 'membership':
      return `${changesText(event.joined, event.left)}; ${viewText(event.view)}`;
    case 'state':
      return shownBytes(event.stateValue);
    case 'message':
      return `${event.from}: ${shownBytes(event.message)}`;
    case 'attributes':
      return event.changed
        .map((name) => `${name} ${JSON.stringify(event.attributes[name])}`)
        .join(', ');
    case 'barrier':
      return `everybody met ${phasesText(event.phases)}`;
    case 'rejected':
      return `${event.kind} ${phasesText(event.phases)}${causesText(event.causes)}`;
    case 'announcement':
      return `${event.code}: ${event.providers.join(', ')}`;
    case 'dissolved':
      return 'nobody provides the group any more; waiting for its next life';
    case 'removed':
      return `out: ${detailed(event)}`;
  }
}

function portable(event: GroupEvent): object {
  switch (event.type) {
    case 'snapshot':
      return { ...event, stateValue: orNull(event.stateValue) };
    case 'state':
      return {
        ...event,
        stateValue: orNull(event.stateValue),
        previous: orNull(event.previous),
      };
    case 'message':
      return { ...event, message: portableBytes((event satisfies MessageEvent).message) };
    case 'rejected': {
      const { proposedStateValue, message } = event;
      return {
        ...event,
        ...(proposedStateValue && { proposedStateValue: portableBytes(proposedStateValue) }),
        ...(message && { message: portableBytes(message) }),
      };
    }
    case 'membership':
    case 'attributes':
    case 'barrier':
    case 'announcement':
    case 'dissolved':
    case 'removed':
      return event;
  }
}

/** Which protocol did it; a snapshot's is the one that let its holder in. */
function protocolText(event: GroupEvent): string {
  const { protocol } = event;
  if (protocol === undefined) return '';
  const { id, kind, proposer } = protocol;
  const what = kind === 'failure' ? departureKind(event) : kind;
  return `  [${what} ${id}${proposer === undefined ? '' : ` by ${proposer}`}]`;
}

/**
 * Whoever goes without a vote is removed by the protocol of failures, which does not mean that anything
 * has failed: then people are told the reason instead.
 */
function departureKind(event: GroupEvent): string {
  const left = event.type === 'membership' ? event.left : event.type === 'removed' ? [event] : [];
  const reasons = new Set<string>(left.map(({ reason }) => reason));
  const [only] = reasons;
  return reasons.size === 1 && only !== undefined && OF_ONES_OWN.has(only) ? only : 'failure';
}

const OF_ONES_OWN: ReadonlySet<string> = new Set(['goodbye', 'quit', 'leave', 'cast-out']);

function orNull(bytes: Uint8Array | undefined): PortableBytes | null {
  return bytes === undefined ? null : portableBytes(bytes);
}

function viewText({ version, providers }: GroupView): string {
  return `view ${version}: ${providers.length === 0 ? 'nobody' : providers.join(', ')}`;
}

function changesText(joined: readonly string[], left: readonly Departure[]): string {
  const came = joined.map((provider) => `+${provider}`);
  const went = left.map((departure) => `-${departure.provider} (${detailed(departure)})`);
  return [...came, ...went].join(', ');
}

function detailed({
  reason,
  detail,
}: {
  readonly reason: string;
  readonly detail?: string | undefined;
}): string {
  return detail === undefined ? reason : `${reason}: ${detail}`;
}
