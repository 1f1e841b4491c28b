/**
 * Says what an alert rule finds in samples. It knows as much of Prometheus's language as the rules in `deploy/prometheus`
 * use, and throws at anything else, so that a rule which needs more is noticed.
 *
 * Samples are taken at the beginning and at the end of a stretch of time; `rate` and `increase` are of this whole
 * stretch.
 */

export type Labels = Readonly<Record<string, string>>;

/** One series, at the beginning and at the end. */
export interface Series {
  readonly name: string;
  readonly labels: Labels;
  readonly first: number;
  readonly last: number;
}

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

type Value = number | readonly Sample[];

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:e\d+)?)(?![a-z])|(?<range>\[\d+[smh]\])|(?<word>[a-z_][a-z0-9_]*)|(?<text>"[^"]*")|(?<sign>==|!=|[<>+*(){},=]))/guy;

/** What the rule finds: with each sample, as an alert of its own. */
export function found(rule: string, series: readonly Series[], seconds: number): readonly Sample[] {
  const evaluation = new Evaluation(tokensOf(rule), series, seconds);
  const value = evaluation.whole();
  if (typeof value === 'number') throw new Error(`${rule} is a number, no condition`);
  return value;
}

function tokensOf(rule: string): string[] {
  const tokens = [...rule.matchAll(TOKEN)];
  const length = tokens.reduce((sum, [token]) => sum + token.length, 0);
  if (length !== rule.trimEnd().length) throw new Error(`not understood: ${rule.slice(length)}`);
  return tokens.map(([token]) => token.trim());
}

class Evaluation {
  readonly #tokens: string[];
  readonly #series: readonly Series[];
  readonly #seconds: number;

  constructor(tokens: string[], series: readonly Series[], seconds: number) {
    this.#tokens = tokens;
    this.#series = series;
    this.#seconds = seconds;
  }

  whole(): Value {
    let left = this.#comparison();
    while (this.#tokens.length > 0) {
      if (this.#took('or')) left = [...list(left), ...list(this.#comparison())];
      else left = this.#and(left);
    }
    return left;
  }

  /** `and on (LABEL) …` */
  #and(left: Value): Value {
    for (const word of ['and', 'on', '(']) this.#expect(word);
    const label = this.#next();
    this.#expect(')');
    const right = list(this.#comparison()).map(({ labels }) => labels[label]);
    return list(left).filter(({ labels }) => right.includes(labels[label]));
  }

  #comparison(): Value {
    const left = this.#sum();
    const sign = ['==', '<', '>'].find((one) => this.#took(one));
    if (sign === undefined) return left;
    const right = this.#sum();
    const limit = typeof right === 'number' ? right : right[0]?.value;
    if (limit === undefined) return [];
    return list(left).filter(({ value }) =>
      sign === '==' ? value === limit : sign === '<' ? value < limit : value > limit,
    );
  }

  #sum(): Value {
    let left = this.#product();
    while (this.#took('+')) left = joined(left, this.#product(), (a, b) => a + b);
    return left;
  }

  #product(): Value {
    let left = this.#operand();
    while (this.#took('*')) left = joined(left, this.#operand(), (a, b) => a * b);
    return left;
  }

  #operand(): Value {
    const token = this.#next();
    if (/^\d/u.test(token)) return Number(token);
    switch (token) {
      case 'sum':
      case 'count':
        return this.#aggregate(token);
      case 'rate':
      case 'increase':
        return this.#change(token);
      default:
        return this.#selected(token).map(({ labels, last: value }) => ({ labels, value }));
    }
  }

  #aggregate(how: 'sum' | 'count'): readonly Sample[] {
    let by: string | undefined;
    if (this.#took('by')) {
      this.#expect('(');
      by = this.#next();
      this.#expect(')');
    }
    this.#expect('(');
    const samples = list(this.#sum());
    this.#expect(')');
    const sums = new Map<string, number>();
    for (const { labels, value } of samples) {
      const key = by === undefined ? '' : (labels[by] ?? '');
      sums.set(key, (sums.get(key) ?? 0) + (how === 'count' ? 1 : value));
    }
    return [...sums].map(([key, value]) => ({
      labels: by === undefined ? {} : { [by]: key },
      value,
    }));
  }

  #change(how: 'rate' | 'increase'): readonly Sample[] {
    this.#expect('(');
    const series = this.#selected(this.#next());
    if (!this.#next().startsWith('[')) throw new Error(`${how} without a stretch of time`);
    this.#expect(')');
    const per = how === 'rate' ? this.#seconds : 1;
    return series.map(({ labels, first, last }) => ({ labels, value: (last - first) / per }));
  }

  #selected(name: string): readonly Series[] {
    let chosen = this.#series.filter((one) => one.name === name);
    if (!this.#took('{')) return chosen;
    while (!this.#took('}')) {
      const label = this.#next();
      const isEqual = this.#next() === '=';
      const text = this.#next().slice(1, -1);
      chosen = chosen.filter(({ labels }) => (labels[label] === text) === isEqual);
      this.#took(',');
    }
    return chosen;
  }

  #took(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #next(): string {
    const token = this.#tokens.shift();
    if (token === undefined) throw new Error('the rule ends too early');
    return token;
  }

  #expect(token: string): void {
    const got = this.#next();
    if (got !== token) throw new Error(`expected ${token}, got ${got}`);
  }
}

function list(value: Value): readonly Sample[] {
  if (typeof value === 'number') throw new Error('a number where series are needed');
  return value;
}

/** Of samples with the same labels. */
function joined(left: Value, right: Value, by: (a: number, b: number) => number): Value {
  if (typeof left === 'number' && typeof right === 'number') return by(left, right);
  if (typeof left === 'number')
    return list(right).map((it) => ({ ...it, value: by(left, it.value) }));
  if (typeof right === 'number') return left.map((it) => ({ ...it, value: by(it.value, right) }));
  return left.flatMap((one) => {
    const labels = JSON.stringify(one.labels);
    const other = right.find((it) => JSON.stringify(it.labels) === labels);
    return other === undefined ? [] : [{ ...one, value: by(one.value, other.value) }];
  });
}
