export {
  NameServerDialling,
  type NameServerDiallingInput,
  type NameServerDiallingOutput,
} from './name-server-dialling.js';
export {
  type Attempt,
  type DialFailure,
  type DialOutcome,
  PeerDialling,
  type PeerDiallingInput,
  type PeerDiallingOutput,
} from './peer-dialling.js';
