// What the client library takes of the format. It is built into a file of its own, without the frames of daemons
// and name servers, so that whoever bundles the library does not carry those (a bundler cannot tell that making
// a schema has no other effect). What the library imports from this package is named here, or comes with all the
// rest: the library's test of its size says so.
export { ATTRIBUTE_NAMES } from './attributes.js';
export { BundleWriter, messagesIn } from './bundle.js';
export { decodeToClient, encodeFromClient, isFrameOfNewerDaemon } from './client-frames.js';
export { groupNameProblem, isInstance } from './fields.js';
export { FollowedView } from './followed-view.js';
export { decodeHandshakeAnswer, encodeHandshake } from './handshake.js';
export { isKeepAlive, KEEP_ALIVE } from './keep-alive.js';
export { labelsProblem } from './labels.js';
export { LIMITS, utf8Length } from './limits.js';
export { NODES_GROUP } from './nodes-group.js';
export { readTraceParent, traceParentOf } from './trace-parent.js';
export { MAGIC, noCommonWire, wireOffer, wireOfWelcome } from './version.js';
