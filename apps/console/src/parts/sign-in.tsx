import { useState } from 'preact/hooks';
import { signIn, token } from '../api/http.js';
import { connection, operator, tryAgain } from '../store.js';

/** Asks for the operator's token where the program wants one. */
export function SignIn() {
  const [given, setGiven] = useState('');
  const state = connection.value;
  const why = state.kind === 'token-wanted' && token.value !== undefined ? state.why : undefined;
  const submit = (event: Event): void => {
    event.preventDefault();
    signIn(given.trim());
    tryAgain();
  };
  return (
    <section class="card sign-in" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">Sign in</h1>
      <p>
        This program asks for its admin token (<code>--admin-token-file</code>). It stays in this
        tab and is forgotten when the tab is closed.
      </p>
      <form onSubmit={submit}>
        <label for="token">Admin token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          value={given}
          onInput={(event) => setGiven(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={given.trim() === ''}>
          Sign in
        </button>
      </form>
      {why === undefined ? null : (
        <p class="bad-text" role="alert">
          {why}
        </p>
      )}
    </section>
  );
}

/** Who acts here, and the end of his session; or that the page only reads, and why. */
export function SignInButton() {
  const signOut = (): void => {
    signIn(undefined);
    tryAgain();
  };
  const may = operator.value;
  const isSignedIn = token.value !== undefined && connection.value.kind !== 'token-wanted';
  return (
    <>
      {may?.mayAct === true ? (
        <span class="pill accent" title="You may expel, reset and drain">
          {may.name}
        </span>
      ) : (
        <span class="pill" title={may?.why ?? 'Only daemons act; changes are made on their pages'}>
          read-only
        </span>
      )}
      {isSignedIn ? (
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      ) : null}
    </>
  );
}
