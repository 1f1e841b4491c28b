import type { GroupView, ProviderEvent } from '@group-services/client';
import type { PlainEvent, PlainView } from './lines.js';

export function plainView({ version, fence, providers }: GroupView): PlainView {
  return { version, fence, providers };
}

export function plainEvent(event: ProviderEvent): PlainEvent {
  const { position } = event;
  switch (event.type) {
    case 'snapshot':
      return {
        type: 'snapshot',
        position,
        view: plainView(event.view),
        state: textOrNull(event.stateValue),
      };
    case 'membership': {
      const left = event.left.map(({ provider, reason }) => ({ provider, reason }));
      return {
        type: 'membership',
        position,
        view: plainView(event.view),
        left,
        joined: event.joined,
      };
    }
    case 'state': {
      const value = text(event.stateValue);
      return { type: 'state', position, value, previous: textOrNull(event.previous) };
    }
    case 'message':
      return { type: 'message', position, from: event.from, text: text(event.message) };
    case 'removed':
      return { type: 'removed', position, reason: event.reason };
    default:
      return { type: 'other', position, name: event.type };
  }
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

function textOrNull(value: Uint8Array | undefined): string | null {
  return value === undefined ? null : text(value);
}
