// The door: the admin key is sent once, and kept by nobody but a cookie that scripts cannot read.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isLoopbackHost } from '../home/snippets.ts'
import { Brand } from './brand.tsx'
import { signIn } from './call.ts'

export function SignIn({ because }: { readonly because: string | undefined }): JSX.Element {
  const [wrong, setWrong] = useState(because)
  const [isBusy, setBusy] = useState(false)

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement) || isBusy) return
    const key = new FormData(form).get('key')
    setBusy(true)
    const refused = await signIn(typeof key === 'string' ? key.trim() : '')
    setBusy(false)
    setWrong(refused)
  }

  return (
    <main class="door">
      <Brand />
      <h1>Sign in</h1>
      <form class="fields" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span class="label">Admin key</span>
          <input
            name="key"
            type="password"
            required
            autofocus
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="key-hint"
            aria-invalid={wrong !== undefined}
          />
        </label>
        {wrong !== undefined && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <button type="submit" class="main" disabled={isBusy}>
          Sign in
        </button>
      </form>
      <p id="key-hint" class="note">
        {isLoopbackHost(location.hostname)
          ? 'npm start prints the local admin key in the terminal, beside the address of this page.'
          : 'It is the secret ADMIN_KEY of this deployment.'}{' '}
        The session ends after twelve hours, or when the key changes.
      </p>
      <p class="note">
        Only here to try the gateway? <a href="/start">Ask it something</a>.
      </p>
    </main>
  )
}
