import type { GroupSession } from './group-session.js';
import type { ClientNo } from './inputs.js';
import type { PressureStatus } from './pressures.js';
import type { Responsiveness } from './responsiveness.js';

/** One handle of a process. */
export interface MembershipStatus {
  readonly group: string;
  readonly kind: 'provider' | 'subscription';
  /** Id of the provider, once it is one. */
  readonly provider?: string | undefined;
  /** What that provider says about itself. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A process as operators see it. */
export interface ClientStatus {
  readonly client: ClientNo;
  readonly name: string;
  readonly principal: string;
  readonly handles: number;
  /** What its handles are for. */
  readonly memberships: readonly MembershipStatus[];
  /** Undefined: it did not ask to be pinged. */
  readonly responsiveness: ReturnType<Responsiveness['healthOf']>;
  /** Groups that wait for it, because it has too much of them unread. */
  readonly pressing: readonly PressureStatus[];
}

/** What the handles of a process are for. */
export function membershipsOf(
  client: ClientNo,
  handles: ReadonlyMap<
    number,
    { readonly session: GroupSession; readonly kind: MembershipStatus['kind'] }
  >,
): readonly MembershipStatus[] {
  return [...handles].map(([handle, { session, kind }]) => {
    const provider = session.processGroup.providerId(client, handle);
    const labels = provider === undefined ? undefined : session.processGroup.labelsOf(provider);
    return { group: session.group, kind, provider, ...(labels && { labels }) };
  });
}
