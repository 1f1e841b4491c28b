import { useId } from 'preact/hooks';
import { type Wish, wishText } from '../model/wishes.js';
import { wish } from '../operator.js';
import { operator } from '../store.js';

/** Begins what only an operator may do; where he may not, it says why. */
export function WishButton({ wanted, label }: { wanted: Wish; label: string }) {
  const id = useId();
  const may = operator.value;
  const { title } = wishText(wanted);
  if (may?.mayAct === true) {
    return (
      <button type="button" class="wish" aria-label={`${title}…`} onClick={() => wish(wanted)}>
        {label}…
      </button>
    );
  }
  const why = may?.why ?? 'not known yet whether this page may do it';
  return (
    <>
      <button
        type="button"
        class="wish"
        aria-label={`${title}…`}
        aria-describedby={id}
        title={`Not from this page: ${why}`}
        disabled
      >
        {label}…
      </button>
      <span id={id} class="visually-hidden">
        Not from this page: {why}
      </span>
    </>
  );
}
