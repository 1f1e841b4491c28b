import { now } from '../clock.js';
import { durationText } from '../model/words.js';
import { connection, tryAgain } from '../store.js';

/** Whether the page is live, at the same place on every page. */
export function ConnectionPill() {
  const state = connection.value;
  switch (state.kind) {
    case 'live':
      return (
        <span class="pill good" role="status">
          <span class="dot pulse" aria-hidden="true" /> live
        </span>
      );
    case 'connecting':
      return (
        <span class="pill" role="status">
          <span class="dot" aria-hidden="true" /> connecting
        </span>
      );
    case 'token-wanted':
      return (
        <span class="pill warn" role="status">
          <span class="dot" aria-hidden="true" /> signed out
        </span>
      );
    case 'lost':
      return (
        <button type="button" class="pill bad" onClick={tryAgain}>
          <span class="dot" aria-hidden="true" /> lost for{' '}
          {durationText(Math.max(1, now.value - state.since))}, try now
        </button>
      );
  }
}
