import type { Departure, GroupView, SubscriptionEvent } from '@group-services/client';
import { printable } from './printable.js';
import { type PortableBytes, portableBytes, shownBytes } from './state-text.js';

/** One line for people: when it came, its position, what happened. */
export function eventLine(event: SubscriptionEvent, at: Date): string {
  const time = at.toISOString().slice(11, 23);
  const line = `${time}  #${event.position}  ${event.type.padEnd(10)}  ${happened(event)}`;
  return printable(line);
}

/** One JSON object for programs, without the line break. */
export function eventJson(event: SubscriptionEvent, at: Date): string {
  return JSON.stringify({ time: at.toISOString(), ...portable(event) });
}

function happened(event: SubscriptionEvent): string {
  switch (event.type) {
    case 'snapshot':
      return `${viewText(event.view)}; state ${shownBytes(event.stateValue)}`;
    case 'membership':
      return `${changesText(event.joined, event.left)}; ${viewText(event.view)}`;
    case 'state':
      return `${shownBytes(event.stateValue)}${byText(event)}`;
    case 'dissolved':
      return 'nobody provides the group any more; waiting for its next life';
    case 'removed':
      return `the daemon ended this watch: ${detailed(event)}`;
  }
}

function portable(event: SubscriptionEvent): object {
  switch (event.type) {
    case 'snapshot':
      return { ...event, stateValue: orNull(event.stateValue) };
    case 'state':
      return {
        ...event,
        stateValue: orNull(event.stateValue),
        previous: orNull(event.previous),
      };
    case 'membership':
    case 'dissolved':
    case 'removed':
      return event;
  }
}

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

function byText({ protocol }: Extract<SubscriptionEvent, { type: 'state' }>): string {
  return protocol?.proposer === undefined ? '' : `  by ${protocol.proposer}`;
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
