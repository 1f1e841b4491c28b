import type { GroupAttributes } from '../api/attributes.js';
import type { AnyEvent } from '../api/events.js';
import type { GroupView } from '../api/protocol.js';
import { isAttributeName } from '../arguments/attribute-arguments.js';
import type { FrameOf } from '../values/frames.js';
import type { ProposalContents } from '../values/proposal-contents.js';
import type { ReadRider } from '../values/riders.js';
import { publicCauses, publicDeparture, publicProtocol, viewBytes } from '../values/views.js';

/** An event on its way, with the bytes it accounts for while it waits. */
export interface Outgoing {
  readonly event: AnyEvent;
  readonly bytes: number;
}

type EndFrame = FrameOf<'approved' | 'rejected'>;

/** What a protocol's end has changed in a handle's fields, each as far as the handle is told. */
export interface Changes {
  readonly attributes?: GroupAttributes | undefined;
  readonly view?: GroupView | undefined;
  readonly state?:
    | { readonly value: unknown; readonly previous: unknown; readonly bytes: number }
    | undefined;
  /** The message that was proposed and approved. */
  readonly message?: { readonly value: unknown; readonly bytes: number } | undefined;
  readonly riders: readonly ReadRider[];
  readonly barrier: boolean;
  readonly rejected?: ProposalContents | undefined;
}

/**
 * The events of one protocol in their order: attributes, membership, state, messages, barrier,
 * rejected. All share its position.
 */
export function protocolEvents(group: string, frame: EndFrame, changes: Changes): Outgoing[] {
  const { position, phases } = frame;
  const protocol = publicProtocol(frame.protocol);
  const base = { group, position, protocol };
  const events: Outgoing[] = [];
  const add = (event: AnyEvent, bytes: number): void => void events.push({ event, bytes });
  const { attributes, view, state, message, riders, rejected } = changes;
  if (attributes !== undefined && frame.kind === 'approved') {
    const changed = (frame.attributes?.changed ?? []).filter(isAttributeName);
    add({ type: 'attributes', ...base, attributes, changed }, 0);
  }
  if (view !== undefined && frame.membership !== undefined) {
    const { joined, left } = frame.membership;
    const event = {
      type: 'membership',
      ...base,
      view,
      joined: [...joined],
      left: left.map(publicDeparture),
    } as const;
    add(event, viewBytes(view, event.joined.length + event.left.length));
  }
  if (state !== undefined) {
    const { value: stateValue, previous, bytes } = state;
    add({ type: 'state', ...base, stateValue, previous }, bytes);
  }
  if (message !== undefined) {
    const from = protocol.proposer ?? '';
    add({ type: 'message', ...base, from, message: message.value }, message.bytes);
  }
  for (const { message: rider, bytes } of riders)
    add({ type: 'message', ...base, ...rider }, bytes);
  if (changes.barrier) add({ type: 'barrier', ...base, phases }, 0);
  if (rejected !== undefined) {
    const causes = publicCauses(frame.causes);
    const { kind } = protocol;
    add({ type: 'rejected', ...base, kind, phases, causes, ...rejected }, 0);
  }
  return events;
}
