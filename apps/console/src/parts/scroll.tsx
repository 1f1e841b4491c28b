import type { ComponentChildren } from 'preact';

/** A wide table on a narrow screen; what scrolls can be reached by keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll.
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
