/** The place of one span in a trace, with the names of OpenTelemetry. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** 1: the trace is recorded. */
  readonly traceFlags: number;
}

const RECORDED = 1;
const NO_ID = /^0+$/u;
/** Later versions may have more behind the flags. */
const TRACE_PARENT =
  /^(?!ff)[0-9a-f]{2}-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-|$)/u;

/** As W3C writes it in a `traceparent`; undefined for a trace that nobody records, which need not travel. */
export function traceParentOf({ traceId, spanId, traceFlags }: TraceParent): string | undefined {
  if (traceFlags % 2 !== RECORDED || NO_ID.test(traceId) || NO_ID.test(spanId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Undefined where it is not what W3C writes: others may send anything. It came from elsewhere, as it says. */
export function readTraceParent(
  text: string,
): (TraceParent & { readonly isRemote: true }) | undefined {
  const { traceId = '', spanId = '', flags = '' } = TRACE_PARENT.exec(text)?.groups ?? {};
  if (traceId === '' || NO_ID.test(traceId) || NO_ID.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) % 2, isRemote: true };
}
