export {
  type Address,
  type AddressScheme,
  type ParsedAddress,
  parseAddress,
  SOCKET_PATH_BYTES_MAX,
} from './address.js';
export { transportFor } from './choose.js';
export {
  type Cast,
  type CloseReason,
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  FRAME_LIMIT_DEFAULT,
  HIGH_WATER_MARK_DEFAULT,
  type Link,
  type LinkHandlers,
  type LinkOptions,
  type Listener,
  type ListenOptions,
  type OutgoingFrame,
  type Transport,
} from './contract.js';
export { makeDirectories } from './directories.js';
export {
  type SystemAction,
  TransportError,
  type TransportErrorCode,
  toTransportError,
} from './errors.js';
export { type Identity, identityUri, parseIdentity } from './tls/identity.js';
export type { PeerCertificate } from './tls/peer-certificate.js';
