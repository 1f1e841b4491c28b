export { Association } from './association.js';
export { sameBytes } from './bytes.js';
export {
  type CastInput,
  type CastOutput,
  CastStream,
  type CastStreamOptions,
} from './cast-stream.js';
export { newCounters, type UdpCounters } from './counters.js';
export {
  DATAGRAM,
  ID_BYTES,
  idOf,
  keyOf,
  NO_ID,
  type Opening,
  openDatagram,
  typeOf,
  WINDOW_MAX,
} from './datagram.js';
export type { Frame } from './frame.js';
export type {
  AssociationEnd,
  AssociationInput,
  AssociationOptions,
  AssociationOutput,
  StreamOfEnd,
} from './inputs.js';
export { Opener, type OpenerInput, type OpenerOptions, type OpenerOutput } from './opener.js';
export type { Budget } from './reassembly.js';
export { type Received, Reception, type ReceptionOptions } from './reception.js';
