import type {
  ClientDeparture,
  ClientProtocolInfo,
  ClientView,
  WireCause,
} from '@group-services/wire';
import type { Cause, Departure, GroupView, ProtocolInfo } from '../api/protocol.js';

/** What a name takes in an event that waits. */
const BYTES_PER_NAME = 64;
/** What a provider takes in a list besides: lists after each other share the names. */
const BYTES_PER_REFERENCE = 8;

/** Membership lists as users see them; the list itself is frozen. */
export function publicView(group: string, view: ClientView): GroupView {
  return frozenView(group, view);
}

/** The view of a subscription that waits for its group. */
export function emptyView(group: string): GroupView {
  return frozenView(group, { version: 0, fence: '', providers: [] });
}

/** How much an event with this list and so many names of its own keeps in memory, roughly. */
export function viewBytes(view: GroupView, names: number): number {
  return view.providers.length * BYTES_PER_REFERENCE + names * BYTES_PER_NAME;
}

export function publicProtocol(protocol: ClientProtocolInfo): ProtocolInfo {
  const { id, kind, proposer } = protocol;
  return proposer === undefined ? { id, kind } : { id, kind, proposer };
}

export function publicDeparture(departure: ClientDeparture): Departure {
  const { provider, reason, detail } = departure;
  return Object.freeze(detail === undefined ? { provider, reason } : { provider, reason, detail });
}

/** Votes that decided. */
export function publicCauses(causes: readonly WireCause[] = []): readonly Cause[] {
  const each = causes.map(({ code, value, provider }) =>
    Object.freeze(provider === undefined ? { code, value } : { code, value, provider }),
  );
  return Object.freeze(each);
}

/**
 * The group's generation, which every protocol id begins with: a message frame carries only the
 * position. The fence begins with it, padded with zeros.
 */
export function generationOf(view: ClientView): string {
  const padded = view.fence.split('-', 1)[0] ?? '';
  return padded.replace(/^0+(?=.)/, '');
}

function frozenView(
  group: string,
  { version, fence, providers, labels }: Omit<ClientView, 'numbers'>,
): GroupView {
  return Object.freeze({
    group,
    version,
    fence,
    providers: Object.freeze(providers),
    labels: labels === undefined ? NO_LABELS : frozenLabels(labels),
  });
}

const NO_LABELS: GroupView['labels'] = Object.freeze({});

/** Each list has what stays of the one before, which is frozen already. */
function frozenLabels(labels: GroupView['labels']): GroupView['labels'] {
  for (const each of Object.values(labels)) Object.freeze(each);
  return Object.freeze(labels);
}
