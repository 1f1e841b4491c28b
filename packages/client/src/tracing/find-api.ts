import type { TraceApi } from '../api/trace-api.js';

let found: { readonly api: TraceApi | undefined } | undefined;

/**
 * The OpenTelemetry API that the program has installed, if it has. It is looked for once, by the means of
 * Node alone and at once: a bundler need not find it, and whoever connects need not wait for it.
 */
export function installedTraceApi(): TraceApi | undefined {
  found ??= { api: find() };
  return found.api;
}

function find(): TraceApi | undefined {
  try {
    const { createRequire } = process.getBuiltinModule('node:module');
    const api: unknown = createRequire(import.meta.url)('@opentelemetry/api');
    return isTraceApi(api) ? api : undefined;
  } catch {
    // It is not installed, or this is no Node: nobody traces.
    return undefined;
  }
}

/** As far as it is used. */
export function isTraceApi(given: unknown): given is TraceApi {
  const { trace, context } = (given ?? {}) as Readonly<Record<string, unknown>>;
  return has(trace, ['getTracer', 'setSpan', 'setSpanContext']) && has(context, ['active', 'with']);
}

function has(part: unknown, names: readonly string[]): boolean {
  const functions = (part ?? {}) as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof functions[name] === 'function');
}
