import * as today from '@group-services/wire';

/** How one program writes and reads what goes over its links. */
export type Codecs = Pick<
  typeof today,
  | 'PeerMemberships'
  | 'decodeDaemonFrame'
  | 'decodeFromClient'
  | 'decodeFromNameServer'
  | 'decodeToNameServer'
  | 'encodeDaemonFrame'
  | 'encodeNameServerMessage'
  | 'encodeToClient'
>;

/** What this release writes, also when it is held back to an earlier minor. */
export const TODAY: Codecs = today;
