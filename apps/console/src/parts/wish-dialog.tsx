import { useEffect, useRef, useState } from 'preact/hooks';
import { type Wish, wishText } from '../model/wishes.js';
import { type Doing, doing, forgetWish, perform, wished } from '../operator.js';

/** Says what will happen, lets the name be typed, and then what became of it. */
export function WishDialog() {
  const wanted = wished.value;
  return wanted === undefined ? null : <Opened key={wishText(wanted).path} wanted={wanted} />;
}

function Opened({ wanted }: { wanted: Wish }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { title, happens } = wishText(wanted);
  const state = doing.value;
  return (
    <dialog ref={dialog} class="wish-dialog" aria-labelledby="wish-title" onClose={forgetWish}>
      <h2 id="wish-title">{title}</h2>
      <ul class="happens">
        {happens.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {state.kind === 'done' ? (
        <Result state={state} close={() => dialog.current?.close()} />
      ) : (
        <Confirmation wanted={wanted} state={state} close={() => dialog.current?.close()} />
      )}
    </dialog>
  );
}

function Confirmation(props: {
  wanted: Wish;
  state: Exclude<Doing, { kind: 'done' }>;
  close: () => void;
}) {
  const { wanted, state, close } = props;
  const { name, button, takesReason, isHarsh } = wishText(wanted);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const isWaiting = state.kind === 'waiting';
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed === name && !isWaiting) void perform(wanted, reason.trim());
  };
  return (
    <form onSubmit={submit}>
      {takesReason ? (
        <>
          <label for="wish-reason">Reason, shown to the members (may be empty)</label>
          <input
            id="wish-reason"
            maxLength={1024}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </>
      ) : null}
      <label for="wish-name">
        Type <code>{name}</code> to confirm
      </label>
      <input
        id="wish-name"
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {state.kind === 'failed' ? (
        <p class="bad-text" role="alert">
          {state.why}
        </p>
      ) : null}
      <div class="wish-end">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button
          type="submit"
          class={isHarsh ? 'harsh' : 'primary'}
          disabled={typed !== name || isWaiting}
        >
          {isWaiting ? 'Asking…' : button}
        </button>
      </div>
    </form>
  );
}

function Result({ state, close }: { state: Extract<Doing, { kind: 'done' }>; close: () => void }) {
  return (
    <>
      <p class={`wish-result ${state.isOver ? 'over' : ''}`} role="status">
        {state.text}
      </p>
      <div class="wish-end">
        <button type="button" class="primary" onClick={close}>
          Close
        </button>
      </div>
    </>
  );
}
