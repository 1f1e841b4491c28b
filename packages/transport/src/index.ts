export { type AddressFormat, type Addressing, addressFormat, schemeOf } from './address.js';
export { transportFor } from './choose.js';
export {
  type Cast,
  type CloseReason,
  DIAL_TIMEOUT_DEFAULT_MS,
  type Dialler,
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
export { tcpAddresses, tlsAddresses } from './host-address.js';
export { plugged, transportProblem } from './plugged.js';
export { type Identity, identityUri, parseIdentity } from './tls/identity.js';
export type { PeerCertificate } from './tls/peer-certificate.js';
export { udpAddresses } from './udp-address.js';
export { SOCKET_PATH_BYTES_MAX, unixAddresses } from './unix-address.js';
