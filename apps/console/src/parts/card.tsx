import type { ComponentChildren } from 'preact';

/** A titled part of a page. */
export function Card(props: {
  title: string;
  /** Beside the title. */
  extra?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}) {
  const id = `card-${props.title.toLowerCase().replaceAll(/[^a-z]+/gu, '-')}`;
  return (
    <section class={`card ${props.class ?? ''}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{props.title}</h2>
        {props.extra}
      </div>
      {props.children}
    </section>
  );
}

/** A name and its value. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'plain';

export function Pill({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`pill ${tone}`}>
      {tone === 'plain' ? null : <span class="dot" aria-hidden="true" />}
      {children}
    </span>
  );
}
