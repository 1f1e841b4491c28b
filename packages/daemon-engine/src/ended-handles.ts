import type { ToClient } from '@group-services/wire';

/** The handles of a process, and which of them have no answer yet. */
interface OpenHandles {
  readonly handles: Map<number, { readonly persistent: boolean }>;
  /** By the join or subscribe that opened them. */
  readonly opening: Map<number, number>;
}

/**
 * Forgets a handle that this answer or event ends, or that a refused request never opened, and gives it.
 * A daemon knows by its table of handles which group a frame of a process is for; what it tells the process
 * is looked at on its way out, so that the table holds exactly what the process may still use.
 */
export function forgetEnded(
  { handles, opening }: OpenHandles,
  message: ToClient,
): number | undefined {
  switch (message.kind) {
    case 'joined':
    case 'subscribed':
      opening.delete(message.request);
      return undefined;
    case 'refused':
    case 'rejected': {
      if (message.request === undefined) return undefined;
      const handle = opening.get(message.request);
      opening.delete(message.request);
      if (handle !== undefined) handles.delete(handle);
      return handle;
    }
    case 'removed':
      handles.delete(message.handle);
      return message.handle;
    case 'dissolved':
      if (handles.get(message.handle)?.persistent === true) return undefined;
      handles.delete(message.handle);
      return message.handle;
    default:
      return undefined;
  }
}
