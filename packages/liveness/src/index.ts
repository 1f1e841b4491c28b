export { LivenessEngine } from './engine.js';
export type {
  LivenessInput,
  LivenessOptions,
  LivenessOutput,
  PeerStatus,
  SuspicionReason,
  WatchedPeer,
} from './inputs.js';
