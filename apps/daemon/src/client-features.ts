import type { Features, FromClient, ToClient } from '@group-services/wire';

/**
 * What a connection with a process did not agree on is neither heard nor told: the process may be of another
 * release, or this daemon held back by `--wire-minor` (docs/WIRE.md, Minors and features).
 */

export function heardWith(features: Features, message: FromClient): FromClient {
  if (message.kind !== 'propose' || message.trace === undefined) return message;
  return features.has('trace') ? message : { ...message, trace: undefined };
}

export function toldWith(features: Features, message: ToClient): ToClient {
  if (message.kind !== 'approved' && message.kind !== 'rejected') return message;
  if (message.trace === undefined || features.has('trace')) return message;
  return { ...message, trace: undefined };
}
