/**
 * The module that programs are given: `gsd --transport ./dist/index.js`. What is exported as `transport` is
 * called once; processes call `connect({ transports: [webSocket()] })`.
 */
export { webSocket, webSocket as transport } from './web-socket-transport.js';
