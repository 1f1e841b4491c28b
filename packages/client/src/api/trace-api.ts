/**
 * What the library needs of the OpenTelemetry API, whose package is not one of its dependencies: the module
 * `@opentelemetry/api` itself has this shape, in every version from 1.3 on.
 */
export interface TraceApi {
  readonly trace: {
    getTracer(name: string): TraceTracer;
    setSpan(context: TraceContext, span: TraceSpan): TraceContext;
    setSpanContext(context: TraceContext, of: TraceSpanContext): TraceContext;
  };
  readonly context: {
    active(): TraceContext;
    with<R>(context: TraceContext, run: () => R): R;
  };
}

/** Kept by the API; the library only hands it on. */
export interface TraceContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): TraceContext;
  deleteValue(key: symbol): TraceContext;
}

export interface TraceTracer {
  startSpan(
    name: string,
    options: { readonly kind: number; readonly attributes: TraceAttributes },
    context: TraceContext,
  ): TraceSpan;
}

export interface TraceSpan {
  spanContext(): TraceSpanContext;
  isRecording(): boolean;
  setAttributes(attributes: TraceAttributes): unknown;
  setStatus(status: { readonly code: number; readonly message: string }): unknown;
  end(): void;
}

export interface TraceSpanContext {
  readonly traceId: string;
  readonly spanId: string;
  /** Bit 0: the trace is recorded. */
  readonly traceFlags: number;
  readonly isRemote?: boolean | undefined;
}

export type TraceAttributes = Record<string, string | number>;
