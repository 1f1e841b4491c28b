// The whole format, as programs take it. Built beside what the client library takes, so that the file of each
// entry only leads to files with what is in it.
// biome-ignore lint/performance/noReExportAll: it is about all that the index has, whatever that will be.
export * from './index.js';
