import type { ComponentChildren } from 'preact';

/** One part of the page, with what it is called and what can be done there. */
export function Card({
  title,
  hint,
  kind = '',
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly kind?: 'wide' | 'fitted' | '';
  readonly children: ComponentChildren;
}) {
  return (
    <section class={`card ${kind}`}>
      <h2>{title}</h2>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {children}
    </section>
  );
}
