/**
 * Libraries that are loaded when they are first used.
 *
 * Each takes longer to load than all of `gsctl status` besides: a daemon without a configuration file needs
 * no YAML, one that nobody graphs no Prometheus, and a tool that logs nothing no logger. They are CommonJS,
 * so loading them waits for nothing.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Node looks at what its last `stat` has left behind while it follows links of folders that it knows. When
 * that was a pipe, such as the log, it stops in the middle, and what a linked package needs is not found:
 * so the last one is of something else.
 */
function require<Library>(name: string): Library {
  statSync('/');
  return createRequire(import.meta.url)(name);
}

export function yaml(): typeof import('yaml') {
  return require('yaml');
}

export function pino(): typeof import('pino') {
  return require('pino');
}

export function pinoPretty(): typeof import('pino-pretty') {
  return require('pino-pretty');
}

export function promClient(): typeof import('prom-client') {
  return require('prom-client');
}
