import { useState } from 'preact/hooks';
import { signIn, token } from '../api/http.js';
import { connection, tryAgain } from '../store.js';

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

/** Ends the session of an operator; and that the page only reads. */
export function SignInButton() {
  const signOut = (): void => {
    signIn(undefined);
    tryAgain();
  };
  const isSignedIn = token.value !== undefined && connection.value.kind !== 'token-wanted';
  return (
    <>
      <span class="pill" title="Changes are made with gsctl">
        read-only
      </span>
      {isSignedIn ? (
        <button type="button" class="plain" onClick={signOut}>
          Sign out
        </button>
      ) : null}
    </>
  );
}
