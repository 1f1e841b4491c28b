import { type Counts, DURATION_CLASSES_MS, type Durations } from '@group-services/core';
import type { Metric, OpenMetricsContentType, Registry } from 'prom-client';
import { promClient } from '../on-demand.js';

/** Of every metric of ours; those of the process keep prom-client's names. */
export const METRIC_PREFIX = 'group_services_';

/**
 * The metrics of a program, written by prom-client in either of Prometheus' text formats. Engines count in
 * plain numbers; they are read when somebody asks, so that counting costs nothing else. Only then is
 * prom-client loaded: what it measures itself, such as the lag of the event loop, begins with the first
 * question.
 */
export class Metrics {
  /** Declared since the last question. */
  readonly #metrics: Metric[] = [];
  readonly #definitions: MetricDefinition[] = [];
  #asked: Registry | undefined;

  constructor({ version, wire }: MetricsOptions) {
    const values = { version, wire, node_version: process.version };
    const help = 'Always 1; what runs is in the labels';
    const labels = ['version', 'wire', 'node_version'] as const;
    this.gauge({ name: 'build_info', help, labels }, () => [{ labels: values, value: 1 }]);
  }

  /** A value that may go up and down. */
  gauge<L extends string = never>(what: MetricName<L>, read: () => Samples<NoInfer<L>>): void {
    this.#add('gauge', what, read);
  }

  /** A value that only goes up; its name ends with `_total`. */
  counter<L extends string = never>(what: MetricName<L>, read: () => Samples<NoInfer<L>>): void {
    this.#add('counter', what, read);
  }

  /** A counter whose labels have the order of the parts that are counted by. */
  counts(what: MetricName<string>, counts: Counts): void {
    const { labels = [] } = what;
    this.#add('counter', what, () =>
      counts.entries().map(([values, value]) => ({
        labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])),
        value,
      })),
    );
  }

  /** A histogram in seconds; without a label its durations have the label ''. */
  durations(what: MetricName<string>, durations: Durations): void {
    const name = METRIC_PREFIX + what.name;
    this.#add('histogram', what, () => linesOf(name, what.labels?.[0], durations));
  }

  /** What there is, whether it has a value yet or not. */
  get definitions(): readonly MetricDefinition[] {
    return this.#definitions;
  }

  /** The text, in the format that the `Accept` header of the request prefers. */
  async text(accept: string): Promise<{ readonly contentType: string; readonly text: string }> {
    const wantsOpen = accept.includes('application/openmetrics-text');
    const registry = wantsOpen ? this.#openRegistry() : this.#registry();
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  #add(
    kind: MetricDefinition['kind'],
    what: MetricName<string>,
    read: () => readonly Line[],
  ): void {
    const { help, labels = [] } = what;
    const name = METRIC_PREFIX + what.name;
    this.#definitions.push({ name, kind, labels });
    const metric = { name, help, type: kind, aggregator: 'sum' };
    const get = async () => ({ ...metric, values: read() });
    this.#metrics.push({ ...metric, get } as unknown as Metric);
  }

  #registry(): Registry {
    const { collectDefaultMetrics, Registry } = promClient();
    if (this.#asked === undefined) {
      this.#asked = new Registry();
      collectDefaultMetrics({ register: this.#asked });
    }
    for (const metric of this.#metrics.splice(0)) this.#asked.registerMetric(metric);
    return this.#asked;
  }

  /** Writing OpenMetrics takes the `_total` off the names for good, so it is handed copies. */
  #openRegistry(): Registry<OpenMetricsContentType> {
    const { Registry } = promClient();
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const metric of this.#registry().getMetricsAsArray() as unknown as readonly Readable[]) {
      const { name, help, type } = metric;
      const copy = {
        name,
        help,
        type,
        get: async () => ({ ...(await metric.get()), name: copy.name }),
      };
      registry.registerMetric(copy as unknown as Metric);
    }
    return registry;
  }
}

type Labels = Readonly<Record<string, string>>;

/** One value of a metric with the labels `L`, all of them. */
export type Sample<L extends string = never> = [L] extends [never]
  ? { readonly labels?: undefined; readonly value: number }
  : { readonly labels: Readonly<Record<L, string>>; readonly value: number };

type Samples<L extends string> = readonly Sample<L>[];

/** What a metric is called and says, without the prefix. */
export interface MetricName<L extends string = never> {
  readonly name: string;
  /** One sentence without its full stop. */
  readonly help: string;
  /** A histogram has one at most. */
  readonly labels?: readonly L[];
}

/** A metric as it is written, with its prefix. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly string[];
}

export interface MetricsOptions {
  /** Of the program. */
  readonly version: string;
  /** Of the wire format. */
  readonly wire: string;
}

interface Line {
  readonly labels?: Labels | undefined;
  readonly value: number;
  readonly metricName?: string | undefined;
}

/** What prom-client writes a metric from. */
interface Readable {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<object>;
}

function linesOf(name: string, label: string | undefined, durations: Durations): readonly Line[] {
  return durations.entries().flatMap(([value, { classes, count, sumMs }]) => {
    const labels: Labels = label === undefined ? {} : { [label]: value };
    let below = 0;
    const buckets = classes.map((inClass, at): Line => {
      below += inClass;
      const le = String((DURATION_CLASSES_MS[at] ?? 0) / 1_000);
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels, value: sumMs / 1_000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
