/**
 * Libraries that are loaded when they are first used.
 *
 * Each takes longer to load than all of `gsctl status` besides: a daemon without a configuration file needs
 * no YAML, one that nobody graphs no Prometheus, and a tool that logs nothing no logger. They are CommonJS,
 * so loading them waits for nothing.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

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
